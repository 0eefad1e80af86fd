// Devices: there or not, up or down, MTU, MAC, and the bond or VRF that they are in.
#pragma once

#include <string>
#include <variant>

#include "lib/plan/family.h"
#include "lib/state/state.h"

namespace hawser {

struct CreateLink {  // down, without ports and addresses; a bond with its mode and options in one message
  static constexpr Kind kKind{"create-link", Act::kMake};
  std::string link;
  Link wanted;
  bool operator==(const CreateLink&) const = default;
};
struct DeleteLink {
  static constexpr Kind kKind{"delete-link", Act::kRemove, Price::kCut};
  std::string link;
  LinkKind kind = LinkKind::kOther;
  bool operator==(const DeleteLink&) const = default;
};
struct SetLinkUp {
  static constexpr Kind kKind{"set-link-up", Act::kChange, Price::kCut};  // up costs nothing, see price_of()
  std::string link;
  bool up = true;
  bool operator==(const SetLinkUp&) const = default;
};
struct SetMtu {
  static constexpr Kind kKind{"set-mtu", Act::kChange, Price::kBrief};
  std::string link;
  std::uint32_t from = 0, to = 0;
  bool operator==(const SetMtu&) const = default;
};
struct SetMac {
  static constexpr Kind kKind{"set-mac", Act::kChange, Price::kBrief};
  std::string link;
  MacAddress from, to;
  bool operator==(const SetMac&) const = default;
};
// Into a bond or a VRF, or out of one (an empty `to`). A card is down while it joins, one that leaves is
// closed, a VRF takes its members down and up again.
struct SetMaster {
  static constexpr Kind kKind{"set-master", Act::kChange, Price::kCut};
  std::string link;
  std::string from, to;
  bool operator==(const SetMaster&) const = default;
};

using LinkStep = std::variant<CreateLink, DeleteLink, SetLinkUp, SetMtu, SetMac, SetMaster>;

namespace family {
std::string describe(const LinkStep& step);
std::string object_of(const LinkStep& step);  // of what joins or leaves a bond or a VRF: that
std::string unit_of(const LinkStep& step, const Sides& sides);
void touch(Touched& touched, const LinkStep& step);
void simulate(State& state, const LinkStep& step);
void hold(Holder& holder, const LinkStep& step);
State value_in(const State& state, const LinkStep& step);  // what it sets, and nothing else
}  // namespace family

}  // namespace hawser
