// Our nftables table: made whole in one transaction, its contents changed in one transaction, deleted. So no
// packet ever meets half of it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/plan/family.h"
#include "lib/state/state.h"

namespace hawser {

struct MakeNftTable {
  static constexpr Kind kKind{"create-nft-table", Act::kMake};
  NftContents contents;
  bool operator==(const MakeNftTable&) const = default;
};
// Of ours in which what it is made of shall be another: somebody else changed it, or source NAT is asked for
// now, whose chain brings connection tracking to the whole host and is not there for nothing.
struct RemakeNftTable {
  static constexpr Kind kKind{"remake-nft-table"};
  NftContents contents;
  bool operator==(const RemakeNftTable&) const = default;
};
struct SetNftContents {
  static constexpr Kind kKind{"set-nft-contents"};
  NftContents from, to;
  bool operator==(const SetNftContents&) const = default;
};
struct DeleteNftTable {
  static constexpr Kind kKind{"delete-nft-table", Act::kRemove};
  bool operator==(const DeleteNftTable&) const = default;
};

using NftStep = std::variant<MakeNftTable, RemakeNftTable, SetNftContents, DeleteNftTable>;

// From what is there to the wish; nullopt: no table. One that is not ours is never changed or deleted: making
// ours beside it is what the kernel then refuses.
std::vector<NftStep> towards_nft(const std::optional<NftTable>& from, const std::optional<NftTable>& wish);

// "fwmark 268439552 of web: tcp 192.0.2.1-192.0.2.9 port 8000-8099", one for each mark and range of ports;
// "source NAT of web: tcp 192.0.2.1 port 80".
std::vector<std::string> in_words(const NftContents& contents);

namespace family {
std::string describe(const NftStep& step);
std::string object_of(const NftStep& step);
std::string unit_of(const NftStep& step, const Sides& sides);
void touch(Touched& touched, const NftStep& step);
void simulate(State& state, const NftStep& step);
}  // namespace family

}  // namespace hawser
