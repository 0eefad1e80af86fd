// An address written with its prefix (192.0.2.100/24) may become the first of its subnet on an interface, and
// leaving the role would then take the host's own addresses of that subnet along. As long as a vip names such
// an address, its interface promotes secondaries instead; what was set before is in a journal of the state
// directory before anything is set, and is restored, after a crash too. What is here is done by the worker.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/result.h"
#include "lib/base/strong.h"
#include "lib/config/config.h"
#include "lib/events/event.h"
#include "lib/netlink/socket.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// The first line of a journal of interface indexes, which mean something in this boot and in this network
// namespace only.
std::string journal_era();

// The network of an address of the vip in which the host is to have one of its own, as `own` (what its file
// names) says, and has none yet: the floating one would be the first of its subnet, and what the host sends
// there would come from it. None: there is no such network, or what is there is there already.
std::optional<Prefix> home_awaited(const Picture& picture, const std::vector<IpAddress>& own,
                                   const config::Vip& vip);

struct SecondariesOf {  // a link as it is
  IfIndex link;
  std::string name;
  bool promoted = false;
  bool operator==(const SecondariesOf&) const = default;
};

struct Promotions {
  std::vector<IfIndex> journal;  // links that did not promote before us
  std::vector<IfIndex> on, off;  // what to set, once the journal is written
  bool operator==(const Promotions&) const = default;
};

// Whether removing an address may take others along: IPv4 with a subnet.
bool has_secondaries(const Prefix& prefix);

// `links`: the wanted interfaces that exist and those of the journal that still exist.
Promotions promotions(const std::vector<IfIndex>& journal, const std::set<std::string>& wanted,
                      const std::vector<SecondariesOf>& links);

// Sets, restores, and says what. Where the journal cannot be written the setting is made all the same, and
// known as long as this object lives: better never put back than the host's own address lost.
class Promoter {
 public:
  Promoter(std::filesystem::path state_directory, Tell tell)
      : state_directory_(std::move(state_directory)), tell_(std::move(tell)) {}
  // On these interfaces and no others; none: everything is put back. The error is a line for the log.
  Status want(const std::set<std::string>& interfaces);

 private:
  std::filesystem::path state_directory_;
  Tell tell_;
  std::vector<IfIndex> unwritten_;  // the journal, if it is not in its file
};

// Runs `remove`, which takes the address from the link, in such a way that others of its subnet stay,
// whatever became of the setting meanwhile.
Status keeping_secondaries(nl::Socket& socket, IfIndex link, const Prefix& prefix,
                           const std::function<Status()>& remove);

}  // namespace hawser::vipd
