// The addresses of one virtual router against what the kernel has: held while the role wants them, put back,
// renewed, announced, and dropped. It knows no election: the router says what the role wants, and asks how it
// went.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/container/flat_map.hpp>

#include "lib/base/maybe_time.h"
#include "lib/base/sparse.h"
#include "vipd/addresses/fights.h"
#include "vipd/addresses/lease.h"
#include "vipd/announce/announcing.h"
#include "vipd/router/router_log.h"
#include "vipd/router/work_queue.h"
#include "vipd/vrrp/machine.h"

namespace hawser::vipd {

// What the role wants of them.
enum class Use : std::uint8_t {
  kNone,   // none is to be there
  kKept,   // what is there stays: who listens does not know yet whether another has them, so nothing is put
           // back
  kQuiet,  // all are to be there, without a word: who leaves answers until the next one does
  kHeld,   // all are to be there, and announced
};

class HeldAddresses {
 public:
  HeldAddresses(const config::Vip& vip, Effects& effects, RouterLog& log);

  // ---- what happened

  // What the role wants from now on; what is to be done about it, hold() and drop() say.
  void be(Use use);
  // The same when an earlier run of this program held them, with the role `since` then: what is there stays
  // as it is, what is missing comes.
  void go_on(Use use, TimePoint since);
  // Adds what is missing, and announces each as soon as it is there.
  void hold();
  void drop();
  // All again: in rounds, from now on.
  void announce();
  // The same because an operator wants it, also where the file has switched announcements off.
  void announce_by_hand();
  // What is announced on that interface goes out again.
  void announce_again_on(const std::string& interface);
  // Whether some of them are there and ours: an earlier run held them.
  bool take_stock();
  // `overdue`: a timer of the router has not been heard yet, and may end its role: nothing is put back
  // before.
  void kernel_changed(bool overdue);
  void put_by_others(std::vector<AddressKey> there);
  void out_of_reach(std::map<std::string, std::string> why);
  void remove_left_over(std::string_view words);
  void reconfigure(const config::Vip& vip);
  void lease(const LeasePlan& plan);
  void on_time();

  // ---- what it wants

  [[nodiscard]] std::optional<TimePoint> due() const;
  bool work();  // one slice; true: there is more
  [[nodiscard]] bool working() const { return !jobs_.empty(); }
  // Why none of them can be held, so that the role is another's to have; empty: some can, or none is wanted.
  [[nodiscard]] std::string why_none() const;
  // Whether the kernel would take one.
  bool can_hold();
  // True, once: an interface that an address needs has returned.
  bool home_is_back() { return std::exchange(home_is_back_, false); }

  // Which are not there although they should be; empty: all are, or are about to be.
  [[nodiscard]] std::string fault() const;
  [[nodiscard]] bool has(const AddressKey& address) const { return addresses_.contains(address); }
  // In the file, or not yet removed since it was.
  [[nodiscard]] bool names(const AddressKey& address) const;
  void add_secondaries(std::set<std::string>& interfaces) const;
  [[nodiscard]] std::size_t ours() const;
  [[nodiscard]] std::size_t size() const { return addresses_.size(); }
  // As the kernel has them now.
  [[nodiscard]] std::map<AddressKey, Holding> there() const;
  [[nodiscard]] const std::vector<AddressKey>& put_by_others() const { return *put_by_others_; }
  [[nodiscard]] const std::map<std::string, std::string>& out_of_reach() const { return *out_of_reach_; }
  [[nodiscard]] std::vector<AddressKey> fought_over() const { return fights_.going_on(); }
  [[nodiscard]] const LeasePlan& lease() const { return lease_; }
  [[nodiscard]] std::uint64_t announced() const { return announced_; }
  [[nodiscard]] std::uint64_t times_put_back() const { return times_put_back_; }

 private:
  // Most vips have one address, some ten thousand.
  using Addresses = boost::container::flat_map<AddressKey, Holding>;
  struct Job {
    enum class Kind : std::uint8_t { kHold, kRemove, kAnnounce, kRenew };
    Kind kind;
    AddressKey address;
  };

  void perform(const Job& job);
  void hold(const AddressKey& address);
  Result<Holding> add(const AddressKey& address);
  void remove(const AddressKey& address);
  void announce(const AddressKey& address);
  void renew(const AddressKey& address);
  void send(const AddressKey& address);
  [[nodiscard]] const std::string& carrier_of(const std::string& held_on) const;
  void forget_jobs();
  static Addresses configured(const config::Vip& vip);
  enum class Obsolete : std::uint8_t { kInTheWay, kOthers, kAll };
  void remove_obsolete(Obsolete which);
  [[nodiscard]] bool moves(const AddressKey& address) const;
  [[nodiscard]] bool is_held_elsewhere(const AddressKey& address) const;
  void note(const AddressKey& address, Holding& before, Holding now);
  void say_foreign(const AddressKey& address, Holding was);
  void say_what_stays();
  void put_back(const std::vector<AddressKey>& lost, bool overdue);
  void say_put_back(const std::vector<AddressKey>& lost);
  void note_fights(const std::vector<AddressKey>& lost);
  void settle_fights();
  bool awaited_is_back();
  void queue_missing();
  void queue_announcements();
  void begin_lease();
  void queue_renewals();
  [[nodiscard]] std::size_t next_renewal_among(const Addresses& others) const;
  [[nodiscard]] bool has_run_out() const;
  void say_run_out(const std::vector<AddressKey>& lost);
  [[nodiscard]] bool is_held() const { return use_ != Use::kNone; }
  [[nodiscard]] bool is_whole() const { return use_ == Use::kQuiet || use_ == Use::kHeld; }

  Effects& effects_;
  RouterLog& log_;
  Use use_ = Use::kNone;
  bool owner_;  // of the addresses: they are the interface's own
  bool ends_connections_;
  bool home_is_back_ = false;
  bool by_hand_ = false;                                 // the round that goes on
  bool leased_ = false;                                  // some were given a lifetime
  Milliseconds others_answer_;                           // who leaves the role, to this host
  Sparse<std::map<std::string, std::string>> carriers_;  // carriers_of(vip)
  Addresses addresses_;                                  // as they were when this router last looked
  Sparse<std::map<AddressKey, std::string>> refused_;    // why the kernel did not take it at the last try
  Sparse<std::set<std::string>> awaited_;                // interfaces that were missing then
  Sparse<std::vector<AddressKey>> put_by_others_;
  Sparse<std::map<std::string, std::string>> out_of_reach_;
  Sparse<std::set<AddressKey>> obsolete_;  // ours, no longer in the file
  WorkQueue<Job> jobs_;
  Announcing announcing_;
  LeasePlan lease_;
  Renewal renewal_;
  std::size_t next_renewal_ = 0;  // the place of the one whose turn it is next
  MaybeTime renewed_at_;          // the last turn
  MaybeTime ran_out_at_;          // when it came too late
  MaybeTime retry_at_;
  MaybeTime put_back_at_;                   // when an address was last put back
  Sparse<std::vector<AddressKey>> unsaid_;  // that will be with the next retry
  Fights fights_;
  std::uint64_t announced_ = 0, times_put_back_ = 0;
};

}  // namespace hawser::vipd
