// What changed in the kernel, as it happens. A notification carries no decision: it says which kinds of
// object need a fresh look. Link facts come along because a pulled cable cannot wait for one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/netlink/socket.h"
#include "lib/state/bond_details.h"
#include "lib/state/observed.h"

namespace hawser {

// One link notification, in the order of arrival; the same link may appear several times.
struct LinkFact {
  std::string name;
  IfIndex index;
  bool up = false;       // IFF_UP
  bool carrier = false;  // IFF_LOWER_UP
  bool removed = false;
  IfIndex master;                     // the bond, VRF or bridge it belongs to
  std::optional<PortStatus> port;     // of a bond's port
  IfIndex active_port;                // of a bond with an active port
  MacAddress mac;                     // all zero: it has none
  std::string kind;                   // IFLA_INFO_KIND: "bridge", "bond", ""
  bool failover = false;              // of a bond: it has just chosen another active port
  bool announced = false;             // of a bond: it has just told the neighbours where it is now
  std::uint32_t carrier_changes = 0;  // since the device exists: what was missed shows in them
  std::optional<BondMode> mode;       // of a bond
  IfIndex primary;                    // of a bond
  std::int32_t prio = 0;              // of a bond's port
  std::uint16_t aggregator = 0;       // of an 802.3ad bond: the one that carries
  std::optional<LacpDetails> lacp;    // of a port of an 802.3ad bond

  bool operator==(const LinkFact&) const = default;
};

// One address notification. What to do about it needs a fresh look; whose it was saves one.
struct AddressFact {
  IfIndex link;
  Prefix prefix;
  std::uint8_t protocol = 0;  // IFA_PROTO
  bool removed = false;
  Detection detection = Detection::kPassed;
  bool fleeting = false;  // as is_fleeting()

  bool operator==(const AddressFact&) const = default;
};

struct Changes {
  bool links = false;
  bool addresses = false;
  bool routes = false;
  bool lost = false;  // notifications were dropped: all the others are set, the facts are not complete
  std::vector<LinkFact> facts;
  std::vector<AddressFact> address_facts;
  // vipd's own in the local table (store = "local-routes"), each like an address of its device.
  std::vector<AddressFact> local_routes;

  [[nodiscard]] bool any() const { return links || addresses || routes; }
  bool operator==(const Changes&) const = default;
};

// What a monitor is told of beside links. Routes only where they matter: beside a routing daemon there are
// thousands of notifications a second.
struct Interest {
  // Whoever watches only over what it made itself.
  struct Own {
    std::uint8_t protocol = 0;  // rtm_protocol: of routes only those are news
    // nl::Socket::port(): IPv4 addresses that come or stay by requests of that socket are no news. That
    // others go with one which it removes, is.
    std::uint32_t port = 0;
  };
  bool addresses = true;
  bool routes = true;
  std::optional<Own> own{};  // the kernel drops the rest
};

class Monitor {
 public:
  // Listens in the current network namespace. What happens after open() is not missed, so open first, then
  // observe.
  static Result<Monitor> open(Interest interest = {});

  // Readable when there is something to drain. Stays the monitor's.
  [[nodiscard]] int fd() const { return socket_.fd(); }

  // Everything that has arrived; never waits.
  Result<Changes> drain();

  // All links as they are now, each as a notification would tell it.
  static Result<std::vector<LinkFact>> look();

 private:
  explicit Monitor(nl::Socket socket) : socket_(std::move(socket)) {}

  nl::Socket socket_;
};

// Notes what one datagram says. Its own function so that it is tested on captured bytes.
void note_changes(ByteView datagram, Changes& changes);

}  // namespace hawser
