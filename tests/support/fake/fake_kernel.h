// A kernel that behaves: it keeps links, addresses, routes and services, refuses what Linux
// refuses with Linux's errno, and has Linux's side effects. Written from the kernel's sources and from what
// was seen of it, not from lib/plan/simulate.cpp: that the two agree is what the planner's tests prove. That
// this one agrees with Linux is what tests/contract proves.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/plan/kernel.h"

namespace hawser {

// Of tcp_timeouts[] and udp_timeouts[] in the kernel.
inline constexpr IpvsTimeouts kIpvsTimeouts{900, 120, 300};

class FakeKernel : public Kernel {
 public:
  FakeKernel() = default;
  // What is missing in `state` is made up: an MTU of 1500, a MAC for each device.
  explicit FakeKernel(State state);

  Result<Observed> observe(const Scope& scope) override;
  Status perform(const Step& step) override;

  // A network card, down.
  void plug_in(const std::string& device);
  // One that cannot change its MAC (IPoIB): bond_enslave() makes fail_over_mac active for the first of them.
  void plug_in_with_fixed_mac(const std::string& device);
  // Something lives on the device (ipvlan, macvlan): netdev_is_rx_handler_busy().
  void set_in_use(const std::string& device, bool in_use);
  // An older one, which has never heard of an option.
  void lack(BondOption option) { lacking_.options.add(option); }
  void lack_actor_port_prio() { lacking_.actor_port_prio = true; }
  void lack_ad_select_by_port_prio() { last_ad_select_ = 2; }
  void set_carrier(const std::string& device, bool carrier);
  void add_altname(const std::string& device, const std::string& name) { altnames_[device].insert(name); }
  // "ip route flush": the kernel's own route to the subnet of an address, which it does not make again.
  void lose_prefix_route(const std::string& device, const Prefix& address);
  // Duplicate address detection: while it runs on an IPv6 address no route may have that as its source.
  void set_tentative(const IpAddress& address, bool tentative);

  // "nft flush ruleset", a table of somebody else's of our table's name.
  void set_nft(std::optional<NftTable> table) { state_.nft = std::move(table); }

  // What goes through a real server, from now on.
  void count(const ServiceKey& key, const Endpoint& real, const RealStatus& status) {
    counted_[{key, real}] = status;
  }

  // Faults. A failed perform() changes nothing.
  void fail_next(const Error& why) { fail_step(0, why); }
  void fail_step(int steps_before, const Error& why);  // 0: the next one
  void fail_observe(const Error& why) { observe_failure_ = why; }
  using Judge = std::function<bool(const Step&)>;
  void refuse_always(Judge judge, const Error& why);
  // Taken, and to no effect: as when somebody else undoes it at once.
  void swallow(Judge judge) { swallowed_ = std::move(judge); }

  [[nodiscard]] int performs() const { return static_cast<int>(performed_.size()); }
  [[nodiscard]] const std::vector<Scope>& looks() const { return looks_; }         // one per observe()
  [[nodiscard]] const std::vector<Step>& performed() const { return performed_; }  // refused ones too
  [[nodiscard]] const State& state() const { return state_; }

 private:
  struct BondFacts {
    std::map<BondOption, std::uint32_t> ticks;  // delays as counts of miimon, as the kernel holds them
    std::string primary;                        // as recorded, whether it is a port or not
    std::string active;
    bool own_mac = false;  // given to it, not taken from its first port
  };
  struct Hardware {
    std::uint32_t mtu = 1500;
    MacAddress mac;
  };
  friend struct FakePerform;

  std::map<std::pair<ServiceKey, Endpoint>, RealStatus> counted_;

  // fake_kernel.cpp
  Status injected();
  MacAddress new_mac();
  [[nodiscard]] Link* find(const std::string& name);
  [[nodiscard]] LinkStatus status_of(const std::string& name, const Link& link) const;

  // fake_link.cpp
  Status create(const std::string& name, const Link& wanted);
  Status remove(const std::string& name);
  Status set_up(const std::string& name, bool up);
  Status set_mtu(const std::string& name, std::uint32_t mtu);
  Status set_mac(const std::string& name, const MacAddress& mac);
  void change_mac(const std::string& name, const MacAddress& mac);
  void take_mtu(const std::string& name, std::uint32_t mtu);
  Status set_master(const std::string& name, const std::string& to);
  Status can_create(const std::string& name, const Link& wanted);
  Status can_create_vlan(const Vlan& vlan, const Link& wanted);
  void take_down(const std::string& name);
  void cycle(const std::string& name);
  void leave_master(const std::string& name);
  [[nodiscard]] std::vector<std::string> vlans_on(const std::string& lower) const;

  // fake_bond.cpp
  Status create_bond(const std::string& name, const Bond& wanted);
  Status enslave(const std::string& bond, const std::string& port);
  void release(const std::string& bond, const std::string& port);
  Status set_mode(const std::string& name, BondMode mode);
  Status set_option(const std::string& name, BondOption option, std::uint32_t value);
  Status set_primary(const std::string& name, const std::string& primary);
  Status set_targets(const std::string& name, Family family, const std::vector<IpAddress>& targets);
  Status set_actor(const std::string& name, const MacAddress& mac);
  Status set_port(const std::string& name, const std::string& port, const BondPort& options);
  Status set_active(const std::string& name, const std::string& port);
  void tell_what_is_lacking(State& state) const;
  void store(const std::string& name, BondOption option, std::uint32_t value);
  void show_delays(const std::string& bond);
  [[nodiscard]] Bond* find_bond(const std::string& name);

  // fake_address.cpp
  Status add_address(const std::string& name, const Prefix& prefix, const Address& address);
  Status change_address(const std::string& name, const Prefix& prefix, const Address& to);
  Status remove_address(const std::string& name, const Prefix& prefix);
  Status add_route(const AddRoute& step);
  Status change_route(RouteKey key, const Route& to);
  Status remove_route(const RemoveRoute& step);
  void number_routes();
  Status can_route(const Route& route);
  void forget_address(const std::string& name, const Prefix& prefix);
  void drop_routes(const std::string& device, bool ipv4, bool ipv6);
  void delete_routes(const std::string& device);
  [[nodiscard]] bool is_reachable(const std::string& device, const IpAddress& gateway) const;
  [[nodiscard]] bool is_local(const IpAddress& address) const;
  [[nodiscard]] bool is_gone(const std::string& device, const Prefix& subnet) const;
  void make_prefix_routes(const std::string& device, const std::optional<Prefix>& subnet = {});

  // fake_ipvs.cpp
  Status add_service(const ServiceKey& key, const Service& service);
  Status edit_service(const ServiceKey& key, const Service& to);
  Status add_real(const ServiceKey& key, const Endpoint& real, const RealServer& server);
  Status edit_real(const ServiceKey& key, const Endpoint& real, const RealServer& to);
  Status delete_real(const ServiceKey& key, const Endpoint& real);
  Status set_ipvs_timeouts(const IpvsTimeouts& to);
  Status start_sync(SyncRole role, SyncDaemon daemon);
  [[nodiscard]] bool has_mixed_families() const;

  // fake_nft.cpp
  Status make_nft(const NftContents& contents);
  Status remake_nft(const NftContents& contents);
  Status change_nft(const NftContents& contents);

  State state_;
  std::map<std::string, BondFacts> bonds_;
  std::map<std::string, Hardware> hardware_;             // what a port gets back when it leaves its bond
  std::map<std::string, std::vector<Prefix>> in_order_;  // IPv4 addresses of a device, as they were added
  std::map<std::string, bool> carrier_;
  std::map<std::string, std::set<std::string>> altnames_;
  std::set<IpAddress> tentative_;
  std::set<std::string> fixed_mac_;
  std::set<std::string> in_use_;
  Lacking lacking_;
  std::uint32_t last_ad_select_ = 3;
  std::map<std::string, int> index_;
  int next_index_ = 2;
  std::uint16_t next_mac_ = 1;
  std::vector<Step> performed_;
  std::vector<Scope> looks_;
  int failing_step_ = -1;  // as counted by performs()
  Error failure_;
  Error observe_failure_;
  Judge judge_;
  Error judgement_;
  Judge swallowed_;
};

}  // namespace hawser
