// A host for one virtual router: addresses in a set, packets and announcements in lists, a clock that a test
// moves.
#pragma once

#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "vipd/router/effects.h"
#include "vipd/router/router.h"

namespace hawser::vipd {

class FakeEffects : public Effects {
 public:
  TimePoint time{std::chrono::seconds(1000)};
  std::chrono::nanoseconds cost_of_adding{};  // the clock moves by it with each address
  std::set<AddressKey> addresses;
  std::set<AddressKey> foreign;                // somebody else's
  std::map<AddressKey, Detection> undetected;  // did not pass duplicate address detection
  std::set<std::string> missing;               // interfaces that are not there
  std::set<IpAddress> refused;                 // add_address fails for these alone
  std::vector<Bytes> sent;
  std::vector<IpAddress> sent_to;
  std::vector<IpAddress> announced;
  std::vector<std::string> announced_on;
  std::vector<std::string> log;  // the lines of `events`
  std::vector<Event> events;
  std::vector<std::pair<std::string, Change>> roles;
  std::vector<std::string> order;  // "send", "add ..", "announce ..", "remove .."
  std::string refuse_adding;       // a reason: add_address fails with it
  std::string refuse_sending;
  std::optional<IpAddress> unreachable;  // sending there alone fails

  TimePoint now() override { return time; }
  WallClock midnight{std::chrono::seconds(1'800'000'000)};  // the time of day goes with `time` from there
  [[nodiscard]] WallClock wall_clock() const override {
    return midnight + std::chrono::duration_cast<WallClock::duration>(time.time_since_epoch());
  }
  Status send(const std::string&, const IpAddress&, const IpAddress& destination, ByteView message) override {
    if (!refuse_sending.empty()) return fail("{}", refuse_sending);
    if (destination == unreachable) return fail("front: No route to host");
    sent.emplace_back(message.begin(), message.end());
    sent_to.push_back(destination);
    order.emplace_back("send");
    return {};
  }
  std::vector<MacAddress> sent_as;
  Status send_as(const MacAddress& mac, const std::string& interface, const IpAddress& source,
                 const IpAddress& destination, ByteView message) override {
    auto done = send(interface, source, destination, message);
    if (done) sent_as.push_back(mac);
    return done;
  }
  bool leases_end = false;  // as in the kernel
  [[nodiscard]] Holding holding(const AddressKey& address) const override {
    if (missing.contains(address.first)) return Holding::kNo;
    if (const auto end = ends.find(address); leases_end && end != ends.end() && time >= end->second)
      return Holding::kNo;
    const auto found = undetected.find(address);
    const auto detection = found == undetected.end() ? Detection::kPassed : found->second;
    const bool passed = detection == Detection::kPassed;
    if (foreign.contains(address))
      return passed                             ? Holding::kForeign
             : detection == Detection::kGoingOn ? Holding::kForeignTentative
                                                : Holding::kForeignDuplicate;
    if (!addresses.contains(address)) return Holding::kNo;
    return passed ? Holding::kOurs : Holding::kOursMute;
  }
  [[nodiscard]] bool has_interface(const std::string& name) const override { return !missing.contains(name); }
  std::map<AddressKey, std::chrono::seconds> leases;  // what each was given last
  Status add_address(const std::string& interface, const Prefix& prefix,
                     std::chrono::seconds lease) override {
    if (missing.contains(interface)) return fail_with(ENODEV, "{}: add {}: missing", interface, prefix);
    if (refused.contains(prefix.address)) return fail("{}: add {}: Permission denied", interface, prefix);
    if (!refuse_adding.empty()) return fail("{}: add {}: {}", interface, prefix, refuse_adding);
    if (foreign.contains({interface, prefix})) return fail_with(EEXIST, "{}: add {}", interface, prefix);
    time += cost_of_adding;
    addresses.emplace(interface, prefix);
    give({interface, prefix}, lease);
    undetected.erase({interface, prefix});
    order.push_back(fmt::format("add {}", prefix));
    return {};
  }
  std::string refuse_renewing;  // a reason: renew_address fails with it
  std::vector<std::pair<IpAddress, TimePoint>> renewed;
  Status renew_address(const std::string& interface, const Prefix& prefix,
                       std::chrono::seconds lease) override {
    if (!refuse_renewing.empty()) return fail("{}: renew {}: {}", interface, prefix, refuse_renewing);
    if (!addresses.contains({interface, prefix})) return fail_with(EADDRNOTAVAIL, "renew {}", prefix);
    give({interface, prefix}, lease);
    renewed.emplace_back(prefix.address, time);
    return {};
  }
  Status remove_address(const std::string& interface, const Prefix& prefix) override {
    addresses.erase({interface, prefix});
    order.push_back(fmt::format("remove {}", prefix));
    return {};
  }
  Status try_address(const std::string& interface, const Prefix& prefix) override {
    order.push_back(fmt::format("try {}", prefix));
    if (!refuse_adding.empty() || refused.contains(prefix.address)) return fail("refused");
    return missing.contains(interface) ? Status(fail("missing")) : Status{};
  }
  std::vector<IpAddress> ended;
  void end_connections(const IpAddress& address) override { ended.push_back(address); }
  std::string refuse_dummy;  // a reason: make_dummy fails with it
  Status make_dummy(const std::string& name) override {
    if (!refuse_dummy.empty()) return fail("{}: create dummy: {}", name, refuse_dummy);
    missing.erase(name);
    order.push_back("dummy " + name);
    return {};
  }
  // What the kernel does with a link that is deleted.
  void remove_interface(const std::string& name) {
    std::erase_if(addresses, [&](const auto& address) { return address.first == name; });
    missing.insert(name);
  }
  int refuse_announcing = 0;  // an errno
  Status announce(const std::string& interface, const IpAddress& address) override {
    if (refuse_announcing != 0) return fail_with(refuse_announcing, "full");
    announced.push_back(address);
    announced_on.push_back(interface);
    order.push_back(fmt::format("announce {}", address));
    return {};
  }
  std::map<AddressKey, TimePoint> ends;  // of the leases
  void give(const AddressKey& address, std::chrono::seconds lease) {
    leases[address] = lease;
    ends.erase(address);
    if (lease.count() > 0) ends[address] = time + lease;
  }
  void role_changed(const std::string& vip, const Change& change) override {
    roles.emplace_back(vip, change);
  }
  void report(const Event& event) override {
    log.push_back(line_of(event));
    events.push_back(event);
  }
};

}  // namespace hawser::vipd
