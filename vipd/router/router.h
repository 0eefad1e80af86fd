// One virtual router: a vip of the file with its state machine. It carries out what the machine decides,
// through Effects and HeldAddresses, and knows neither sockets nor the event loop: the daemon tells it what
// happened and asks when it wants to be called again.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/enum_set.h"
#include "lib/base/maybe_time.h"
#include "lib/base/rare.h"
#include "lib/base/sparse.h"
#include "lib/config/config.h"
#include "vipd/router/effects.h"
#include "vipd/router/held_addresses.h"
#include "vipd/router/router_log.h"
#include "vipd/router/stance.h"
#include "vipd/vrrp/counters.h"
#include "vipd/vrrp/machine.h"

namespace hawser::vipd {

// An advertisement that did not reach whom it was for.
struct Refusal {
  std::string reason;  // "cannot be reached (No route to host)"
  TimePoint at;        // the last one
  bool operator==(const Refusal&) const = default;
};

// Whose advertisement last named other addresses than this host's file.
struct Difference {
  IpAddress source;
  TimePoint at;
  bool operator==(const Difference&) const = default;
};

// Whose advertisements last came at another interval than this host's file has.
struct OtherInterval {
  IpAddress source;
  Centiseconds interval;
  TimePoint at;
  bool operator==(const OtherInterval&) const = default;
};

// An advertisement of our router id that is not listened to, though its sender may mean well.
struct Unheard {
  std::string why;  // "192.0.2.99 advertises router id 51 and is not among the peers: .."
  TimePoint at;
  bool operator==(const Unheard&) const = default;
};

// What a virtual router that takes its role waits for.
enum class Consent : std::uint8_t {
  kProvider,  // its addresses lead here, as their provider says
  kFencing,   // whoever had the role is off
};

// What those who are asked have said.
struct ProviderWord {
  EnumSet<Consent> given;
  std::string elsewhere{};  // "robot leads 203.0.113.10 to lb1"; empty: none was led away from here
};

// Another host that answers for an address which this one holds.
struct Conflict {
  MacAddress mac;
  TimePoint at;  // last heard
  bool operator==(const Conflict&) const = default;
};

// The order of signed advertisements, ours and theirs.
struct Signing {
  HmacSequence sent = 0;
  HeardSequences heard{};
  bool operator==(const Signing&) const = default;
};

// What of a router outlives a program that starts itself again.
struct RouterState {
  Machine machine;  // Active or Backup
  TimePoint since;
  std::string why;
  IpAddress source;
  VrrpChecksum checksum = VrrpChecksum::kPseudoHeader;  // that is sent
  Signing signing{};
  bool operator==(const RouterState&) const = default;
};

// A router whose advertisements are believed, where there are keys.
struct Sender {
  std::optional<std::uint8_t> key;  // that it signs with; none: it does not
  std::chrono::seconds clock_lead;  // its clock is ahead of this host's; negative: behind
  TimePoint at;                     // last heard
  bool operator==(const Sender&) const = default;
};

inline constexpr Milliseconds kEarlyAtMost{60};

inline constexpr std::size_t kMostChanges{8};  // that are remembered, the last ones

// Advertisements of the Active router that came, but late: the next step is to miss them.
struct Late {
  std::uint64_t over_half = 0;                // with the down timer more than half used up
  std::array<std::uint64_t, 4> by_quarter{};  // how much of it was, in quarters
  std::chrono::nanoseconds longest{};         // between two of them
  bool operator==(const Late&) const = default;
};

// What of a router is evidence of what has been, and outlives a program that starts itself again, whatever
// role it has.
struct Past {
  std::vector<Change> changes;  // of its role, the oldest first
  Late late;
  Counters counters;
  bool operator==(const Past&) const = default;
};

struct RouterStatus {
  config::Vip vip;
  RoleName role = RoleName::kInitialize;
  std::string why;  // of the last change of role
  TimePoint since;
  IpAddress source;  // unspecified while the interface is not usable
  std::optional<Heard> heard;
  WireForm form;                            // what we send
  std::map<AddressKey, Holding> addresses;  // as the kernel has them
  // Other forms of them that somebody else put on this host: it answers for them in any role.
  std::vector<AddressKey> put_by_others;
  std::string fault;  // Active without an address, or unable to hold any; empty: none
  Counters counters;
  std::string outlook{};  // what would move it from its role
  Late late{};
  LeasePlan lease{};
  std::map<IpAddress, Conflict> conflicts{};
  Stance stance = Stance::kOrdinary;
  bool answers = false;                    // this host is the one that answers for the addresses
  std::map<IpAddress, Refusal> refused{};  // by destination; those that last failed
  std::optional<Difference> differs{};
  std::optional<OtherInterval> other_interval{};
  std::optional<Unheard> unheard{};  // the last one
  std::map<std::string, std::string>
      out_of_reach{};                     // other interfaces of the vip, and why nobody is reached there
  std::vector<AddressKey> fought_over{};  // that somebody removes again and again
  std::map<IpAddress, Sender> senders{};  // where there are keys
};

// What identifies a virtual router to the others: router id 51 of IPv4 and that of IPv6 are two (RFC
// 9568 5.2.3).
struct RouterKey {
  std::string interface;
  Family family = Family::kIpv4;  // that the election goes by
  Vrid id;
  auto operator<=>(const RouterKey&) const = default;
};
RouterKey key_of(const config::Vip& vip);

// What an advertisement of the vip names: its addresses of the family that elects, as many as fit, link-local
// ones first.
std::vector<IpAddress> advertised_addresses(const config::Vip& vip);
// Unicast: why peers do not listen to advertisements from `source`. Empty: they do, or what they expect is
// not known here.
std::string unexpected_source(const config::Vip& vip, const IpAddress& source);

class VirtualRouter {
 public:
  VirtualRouter(config::Vip vip, Effects& effects);
  // Its parts know one another.
  VirtualRouter(const VirtualRouter&) = delete;
  VirtualRouter& operator=(const VirtualRouter&) = delete;

  // ---- what happened

  // The interface can be used, with `source` as our address on it; what the kernel still has of an earlier
  // run is adopted. Safe to repeat.
  void interface_usable(const IpAddress& source);
  // What an earlier run left goes, as a running vip's addresses would.
  void interface_unusable(const std::string& why);
  // Interfaces or addresses are not what they were: what is missing is put back. Safe to repeat.
  void kernel_changed();
  // Where somebody else put the vip's addresses in another form.
  void put_by_others(std::vector<AddressKey> there);
  // Over which of its other interfaces nobody reaches the vip, and why. Safe to repeat.
  void out_of_reach(std::map<std::string, std::string> why);
  // Neighbours may look elsewhere for what it holds there: the interface has another hardware address or its
  // carrier back, its bond another active port.
  void announce_again_on(const std::string& interface);
  void receive(const Received& received, const IpAddress& from);
  void refuse(BadPacket reason, const IpAddress& from);
  // Whether it is signed as this vip wants it; if not, it is refused. What it bears of time is remembered:
  // the same packet is believed once.
  bool believes(const Packet& packet, const Received& received);
  // Another host has our source address; what it advertises never reaches us.
  void twin(const MacAddress& mac);
  void twin();  // whose hardware address is not known
  // Another host answers for an address; nothing where this one does not hold it for a while.
  void conflict(const std::string& interface, const IpAddress& address, const MacAddress& mac);
  // The kernel was told that an advertisement did not reach the peer; `code` is an errno.
  void peer_unreachable(const IpAddress& peer, int code);
  void on_time();  // due() has come
  // Its advertisement is due so soon that it is sent now, because others are: the sixteenth part of an
  // interval at most, and not more than kEarlyAtMost. The ones after it stay where they were. False: it is
  // not.
  bool advertise_early();
  // The file changed. Interface and router id stay: with another one it is another router.
  void reconfigure(const config::Vip& vip);
  // Who routes the addresses has answered.
  void provider_says(const ProviderWord& word);
  // They still lead here, and the Active router may not have heard that this host had the role: it is told,
  // as if it had been a moment ago. Nobody where this host would win: it would take the role by that.
  void left_behind();
  // What an operator wants of it. Standing by, an Active router hands over first: nothing is lost where
  // another one takes over, and where none does it stays Active.
  void set_stance(Stance stance);
  // The same before it has begun.
  void adopt(Stance stance);
  // Becomes Active at once, where why_not_taken() is empty.
  void take();
  // What would come of that, and of take(), in words: "Active here: would send priority 0, ..".
  [[nodiscard]] std::string plan_of(Stance stance) const;
  // Announces every address again, where why_not_announced() is empty.
  void announce();
  [[nodiscard]] std::string why_not_announced() const;
  // How many addresses all vips of this host may hold: renewing their leases is not to cost more for that.
  void share_with(std::size_t held_here);
  [[nodiscard]] std::string why_not_taken() const;
  [[nodiscard]] Stance stance() const { return stance_; }
  void shutdown();  // planned leave; a second one does not wait
  // Named by the file again before it had left.
  void resume();
  void advertise_before_exec();  // a last advertisement before the program starts itself again
  // None: it has no role that a new start could go on with.
  [[nodiscard]] std::optional<RouterState> state() const;
  [[nodiscard]] Past past() const;
  // Before it begins: it goes on as if nothing had been, if its interface is as it was and the others have
  // not had to give it up.
  void go_on_with(RouterState state);
  // Before it begins too: what an earlier run saw is told as if this one had.
  void remember(Past past);

  // ---- what it wants

  [[nodiscard]] std::optional<TimePoint> due() const;
  // One slice of adding, removing and announcing; true: there is more, call again soon.
  bool work();
  [[nodiscard]] bool working() const { return held_.working(); }
  [[nodiscard]] bool stopped() const;  // after shutdown: left the role, addresses gone

  [[nodiscard]] const config::Vip& vip() const { return vip_; }
  // Its time for the role has come, and whoever must be asked before is to be asked now.
  [[nodiscard]] bool asks() const;
  // What for.
  [[nodiscard]] EnumSet<Consent> needs() const;
  // Who advertised last: who had the role, where this host has it now.
  [[nodiscard]] std::optional<IpAddress> last_heard() const {
    return machine_.heard ? std::optional(machine_.heard->source) : std::nullopt;
  }
  [[nodiscard]] std::optional<TimePoint> last_heard_at() const {
    return machine_.heard ? std::optional(machine_.heard->at) : std::nullopt;
  }
  // How often a router was heard that loses against this one. Where it was Active too, it may have had the
  // addresses led to it.
  [[nodiscard]] unsigned losers_heard() const { return losers_heard_; }
  [[nodiscard]] bool leaving() const { return leaving_; }
  [[nodiscard]] bool usable() const { return usable_; }
  // It has what an earlier run of this program left: a role, or addresses in the kernel.
  [[nodiscard]] bool has_a_past() const { return carried_ || ours() > 0; }
  // It goes on with the role of an earlier run, and nothing has been heard since.
  [[nodiscard]] bool was_carried() const { return was_carried_; }
  // Whether the address is to be on its interface now, as far as this vip is concerned.
  [[nodiscard]] bool wants(const AddressKey& address) const;
  // Whether it is this vip's business: in the file, or not yet removed since it was.
  [[nodiscard]] bool names(const AddressKey& address) const { return held_.names(address); }
  // Where one of these may be the first of its subnet.
  void add_secondaries(std::set<std::string>& interfaces) const { held_.add_secondaries(interfaces); }
  // How many of these the kernel has from us.
  [[nodiscard]] std::size_t ours() const { return held_.ours(); }
  [[nodiscard]] IpAddress source() const { return source_; }
  [[nodiscard]] RoleName role() const { return name_of_role(machine_.role); }
  // Whether a packet from there is listened to at all: with unicast only the peers are.
  [[nodiscard]] bool listens_to(const PacketHeader& header) const;
  // Why what a packet says is not for this router; nullopt: it is. RFC 3768 7.1: version 2 demands the same
  // authentication and the same interval.
  [[nodiscard]] std::optional<BadPacket> objection(const Received& received) const;
  [[nodiscard]] RouterStatus status() const;
  // The last changes of its role, the oldest first.
  [[nodiscard]] const std::vector<Change>& changes() const { return history_; }

 private:
  // What the machine goes by, in that stance.
  [[nodiscard]] VrrpConfig config_as(Stance stance) const;
  [[nodiscard]] VrrpConfig config() const { return config_as(stance_); }
  [[nodiscard]] std::chrono::nanoseconds down_interval() const {
    const auto now = config();
    return active_down_interval(now, now.interval);
  }
  [[nodiscard]] MachineEvent asked_for(Stance stance) const;
  [[nodiscard]] Counters counters() const;
  [[nodiscard]] bool is_other_priority_only(const config::Vip& vip) const;
  void change_priority(Priority priority);
  void handle(const MachineEvent& event);
  void change_role(const RoleChange& change, CauseKind cause);
  void carry_out(const SendAdvertisement& action);
  void carry_out(const HoldAddresses& action);
  void carry_out(const DropAddresses& action);
  void carry_out(const Announce& action);
  void carry_out(const Note& action);
  void say_goodbye();
  void judge();
  void give_up(const std::string& why);
  void try_again(TimePoint now);
  [[nodiscard]] std::string fault() const;
  [[nodiscard]] std::string why() const;  // it is in its role
  bool goes_on();
  void plan_lease();
  [[nodiscard]] bool is_overdue() const;
  void measure(const IpAddress& from, TimePoint now);
  [[nodiscard]] bool must_ask(TimePoint now) const;
  void settle_asking();
  [[nodiscard]] bool held_by_an_earlier_run() const;
  void judge_source();
  void say_twin(const std::string& who);
  void drop(BadPacket reason, std::string why);  // empty: counted alone
  // Without a signature: each advertisement has its own.
  [[nodiscard]] WireForm form() const {
    return {vip_.manner->version, checksum_, vip_.manner->password_text};
  }
  // What to put around this one advertisement, for all whom it goes to.
  WireForm signed_form(const Advertisement& advertisement);
  std::optional<BadPacket> disbelief(const Packet& packet, const Received& received);
  void note_signature(const IpAddress& from, bool is_signed);
  void remember_sender(const IpAddress& from, const Sender& sender);
  void watch_clock(const IpAddress& from, std::chrono::seconds lead);
  void compare_addresses(const Advertisement& advertisement, const IpAddress& from);
  void compare_interval(const Advertisement& advertisement, const IpAddress& from);
  void send_to(const IpAddress& destination, const Advertisement& advertisement, const WireForm& form);
  Status transmit(const IpAddress& destination, ByteView message);

  config::Vip vip_;
  Effects& effects_;
  RouterLog log_;
  HeldAddresses held_;
  Stance stance_ = Stance::kOrdinary;
  VrrpChecksum checksum_;  // that is sent
  bool usable_ = false;
  bool found_ = false;        // routed addresses of an earlier run, not used yet
  bool was_lost_ = false;     // the interface, since this router began
  bool was_carried_ = false;  // and has heard nothing since
  bool leaving_ = false;      // shutdown() was called
  IpAddress source_;
  Machine machine_;
  TimePoint created_;
  TimePoint since_;
  Rare<std::string> why_;  // where the last change does not say it
  Rare<RouterState> carried_;
  TimePoint sent_at_;  // the last advertisement
  MaybeTime asking_since_;
  MaybeTime not_before_;  // the provider led the addresses elsewhere
  unsigned losers_heard_ = 0;
  Signing signing_;
  Sparse<std::map<IpAddress, Sender>> senders_;
  struct Unable {  // left the role because no address could be held
    TimePoint at;  // when to try again
    Milliseconds pause;
    std::string why;
  };
  Rare<Unable> unable_;
  Rare<std::string> unusable_;  // the reason, once it was said
  Rare<Difference> differs_;
  Rare<OtherInterval> other_interval_;
  Rare<Unheard> unheard_;
  Sparse<std::map<IpAddress, Refusal>> unreached_;
  Sparse<std::map<IpAddress, Conflict>> conflicts_;
  std::vector<Change> history_;
  Late late_;
  std::size_t held_here_ = 0;
  Counters counters_;  // of announcing and putting back: what an earlier run had counted
};

}  // namespace hawser::vipd
