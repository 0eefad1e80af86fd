// What the kernel has, as far as we know: links by index, their addresses, and whose these are. Fresh looks,
// notifications and our own steps all go into this one value, and all that vipd believes or says of the
// kernel is read from it. A name is what a link is called at the moment, and nothing more. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/strong.h"
#include "lib/state/observed.h"

namespace hawser::vipd {

using AddressKey = std::pair<std::string, Prefix>;  // interface, address

// Whether the kernel has an address, and whose it is: what somebody else put there is used and never removed.
// An IPv6 address is there and answers nobody while duplicate address detection is going on, and once that
// has found it on another host. Ours needs none, but somebody else may bring that about: kOursMute.
enum class Holding : std::uint8_t { kNo, kOurs, kOursMute, kForeign, kForeignTentative, kForeignDuplicate };

inline bool answers(Holding holding) {
  return holding == Holding::kOurs || holding == Holding::kForeign;
}
inline bool is_ours(Holding holding) {
  return holding == Holding::kOurs || holding == Holding::kOursMute;
}
inline bool is_foreign(Holding holding) {
  return holding != Holding::kNo && !is_ours(holding);
}

struct SeenLink {
  std::string name;
  bool up = false;  // IFF_UP
  bool carrier = false;
  MacAddress mac;      // all zero: it has none
  std::string kind{};  // the kernel's word: "bridge", "vrf"; empty: a card
  IfIndex master{};    // the bridge, bond or VRF it is a port of
  bool operator==(const SeenLink&) const = default;
};

struct SeenAddress {
  std::uint8_t protocol = 0;  // IFA_PROTO
  Detection detection = Detection::kPassed;
  bool fleeting = false;  // not a source where there is another (is_fleeting())
  bool is_route = false;  // a route of the local table that stands for it
  bool operator==(const SeenAddress&) const = default;
};

class Picture {
 public:
  using Addresses = std::map<Prefix, SeenAddress>;
  struct Link {
    SeenLink seen;
    Addresses addresses;
    bool operator==(const Link&) const = default;
  };

  // ---- what happened; true: it is not what we knew

  // A whole fresh look; routes of the local table that stand for addresses of their device come beside it.
  using OnDevice = std::pair<IfIndex, Prefix>;
  bool see(const Observed& observed, const std::vector<OnDevice>& local_routes = {});
  // A link appeared or changed, its name too.
  bool link_is(IfIndex index, const SeenLink& seen);
  // It was deleted, or moved to another namespace, and its addresses with it.
  bool link_is_gone(IfIndex index);
  // Of a link that we do not know it changes nothing, and is news all the same.
  bool address_is(IfIndex index, const Prefix& prefix, const SeenAddress& seen);
  bool address_is_gone(IfIndex index, const Prefix& prefix);

  // ---- what there is

  [[nodiscard]] const std::map<IfIndex, Link>& links() const { return links_; }
  [[nodiscard]] std::optional<IfIndex> index_of(const std::string& name) const;
  [[nodiscard]] const Link* find(const std::string& name) const;
  // An IPv6 address is one on its link whatever prefix it was written with: the kernel takes no second.
  [[nodiscard]] Holding holding(const AddressKey& address) const;

  // How many addresses bear our number.
  [[nodiscard]] std::size_t ours() const;

  bool operator==(const Picture&) const = default;

 private:
  std::map<IfIndex, Link> links_;
  std::map<std::string, IfIndex> names_;
};

bool is_ours(const SeenAddress& address);

}  // namespace hawser::vipd
