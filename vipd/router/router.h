// One virtual router: a vip of the file with its state machine, its addresses and its announcements. It
// carries out what the machine decides, through Effects, and knows neither sockets nor the event loop: the
// daemon tells it what happened and asks when it wants to be called again.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/enum_set.h"
#include "lib/config/config.h"
#include "lib/daemon/damper.h"
#include "vipd/addresses/fights.h"
#include "vipd/announce/announce_schedule.h"
#include "vipd/router/effects.h"
#include "vipd/router/stance.h"
#include "vipd/router/work_queue.h"
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
  Stance stance = Stance::kOrdinary;
  bool answers = false;                    // this host is the one that answers for the addresses
  std::map<IpAddress, Refusal> refused{};  // by destination; those that last failed
  std::optional<Difference> differs{};
  std::optional<Unheard> unheard{};  // the last one
  std::map<std::string, std::string>
      out_of_reach{};                     // other interfaces of the vip, and why nobody is reached there
  std::vector<AddressKey> fought_over{};  // that somebody removes again and again
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

// What an advertisement of the vip names: its IPv4 addresses.
std::vector<IpAddress> advertised_addresses(const config::Vip& vip);
// Unicast: why peers do not listen to advertisements from `source`. Empty: they do, or what they expect is
// not known here.
std::string unexpected_source(const config::Vip& vip, const IpAddress& source);

class VirtualRouter {
 public:
  VirtualRouter(config::Vip vip, Effects& effects);

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
  // The interface has another hardware address: what it holds there is announced again.
  void mac_changed(const std::string& interface);
  void receive(const Received& received, const IpAddress& from);
  void refuse(BadPacket reason, const IpAddress& from);
  // Another host has our source address; what it advertises never reaches us.
  void twin(const MacAddress& mac);
  // The kernel was told that an advertisement did not reach the peer; `code` is an errno.
  void peer_unreachable(const IpAddress& peer, int code);
  void on_time();  // due() has come
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
  [[nodiscard]] std::string why_not_taken() const;
  [[nodiscard]] Stance stance() const { return stance_; }
  void shutdown();  // planned leave; a second one does not wait
  // Named by the file again before it had left.
  void resume();
  void advertise_before_exec();  // a last advertisement before the program starts itself again

  // ---- what it wants

  [[nodiscard]] std::optional<TimePoint> due() const;
  // One slice of adding, removing and announcing; true: there is more, call again soon.
  bool work();
  [[nodiscard]] bool working() const { return !jobs_.empty(); }
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
  // Whether the address is to be on its interface now, as far as this vip is concerned.
  [[nodiscard]] bool wants(const AddressKey& address) const;
  // Whether it is this vip's business: in the file, or not yet removed since it was.
  [[nodiscard]] bool names(const AddressKey& address) const;
  // Where one of these may be the first of its subnet.
  void add_secondaries(std::set<std::string>& interfaces) const;
  // How many of these the kernel has from us.
  [[nodiscard]] std::size_t ours() const;
  [[nodiscard]] IpAddress source() const { return config_.source; }
  [[nodiscard]] RoleName role() const { return name_of_role(machine_.role); }
  // Whether a packet from there is listened to at all: with unicast only the peers are.
  [[nodiscard]] bool listens_to(const PacketHeader& header) const;
  // Why what a packet says is not for this router; nullopt: it is. RFC 3768 7.1: version 2 demands the same
  // authentication and the same interval.
  [[nodiscard]] std::optional<BadPacket> objection(const Received& received) const;
  [[nodiscard]] RouterStatus status() const;

 private:
  struct Job {
    enum class Kind : std::uint8_t { kHold, kRemove, kAnnounce };
    Kind kind;
    AddressKey address;
  };

  [[nodiscard]] bool is_other_priority_only(const config::Vip& vip) const;
  void change_priority(Priority priority);
  void handle(const MachineEvent& event);
  void change_role(const RoleChange& change, CauseKind cause);
  void carry_out(const SendAdvertisement& action);
  void carry_out(const HoldAddresses& action);
  void carry_out(const DropAddresses& action);
  void carry_out(const Announce& action);
  void carry_out(const Note& action);
  void perform(const Job& job);
  void hold(const AddressKey& address);
  Result<Holding> add(const AddressKey& address);
  void remove(const AddressKey& address);
  void announce(const AddressKey& address);
  void forget_jobs();
  bool take_stock();
  void note(const AddressKey& address, Holding& before, Holding now);
  void say_foreign(const AddressKey& address, Holding was);
  void say_what_stays();
  void put_back(const std::vector<AddressKey>& lost);
  void note_fights(const std::vector<AddressKey>& lost);
  void settle_fights();
  bool awaited_is_back();
  void remove_left_over(std::string_view words);
  void say_goodbye();
  void judge();
  void give_up();
  void try_again(TimePoint now);
  [[nodiscard]] bool can_hold();
  [[nodiscard]] std::string fault() const;
  void queue_missing();
  void queue_announcements();
  // Of this vip; `topic` tells its reasons apart, see Damper.
  void tell(std::string_view topic, Event event);
  void warn(std::string_view topic, Event event);
  void say_last_words();
  [[nodiscard]] bool must_ask(TimePoint now) const;
  void settle_asking();
  [[nodiscard]] bool held_by_an_earlier_run() const;
  void judge_source();
  void compare_addresses(const Advertisement& advertisement, const IpAddress& from);
  void send_to(const IpAddress& destination, const Advertisement& advertisement);

  config::Vip vip_;
  Effects& effects_;
  Stance stance_ = Stance::kOrdinary;
  VrrpConfig config_;
  Machine machine_;
  TimePoint created_;
  TimePoint since_;
  std::string why_ = "not started";
  bool usable_ = false;
  bool found_ = false;  // routed addresses of an earlier run, not used yet
  std::optional<TimePoint> asking_since_;
  std::optional<TimePoint> not_before_;  // the provider led the addresses elsewhere
  unsigned losers_heard_ = 0;
  bool leaving_ = false;  // shutdown() was called
  WireForm form_;
  std::map<AddressKey, Holding> addresses_;    // as they were when this router last looked
  std::map<AddressKey, std::string> refused_;  // why the kernel did not take it at the last try
  std::set<std::string> awaited_;              // interfaces that were missing then
  std::vector<AddressKey> put_by_others_;
  std::set<AddressKey> obsolete_;  // ours, no longer in the file
  WorkQueue<Job> jobs_;
  AnnounceSchedule schedule_;
  std::optional<TimePoint> retry_at_;
  struct Unable {  // left the role because no address could be held
    TimePoint at;  // when to try again
    Milliseconds pause;
    std::string why;
  };
  std::optional<Unable> unable_;
  std::optional<TimePoint> put_back_at_;  // when an address was last put back
  Fights fights_;
  std::string unusable_;  // the reason, once it was said
  std::optional<Difference> differs_;
  std::optional<Unheard> unheard_;
  std::map<std::string, std::string> out_of_reach_;
  std::map<IpAddress, Refusal> unreached_;
  Damper changes_;   // info
  Damper troubles_;  // warnings
  Counters counters_;
};

}  // namespace hawser::vipd
