// Keeps the IPVS table as the file and the health of the real servers want it. IPVS has no change events, so
// what the kernel has is remembered, changed by single steps on a verdict, and looked at again every
// ipvs_check. Tables are looked at in slices, so that a thousand services never hold up the loop. What the
// kernel refuses is left by its smallest part (lib/plan/ipvs_repair.h) and asked for again by that.
// Takes the time as an argument; the kernel is the two-method interface.
#pragma once

#include <deque>
#include <functional>
#include <set>

#include "lib/daemon/log.h"
#include "lib/plan/ipvs_repair.h"
#include "lib/reconcile/journal.h"
#include "netd/absent_modules.h"
#include "netd/contention.h"
#include "netd/events.h"
#include "netd/health/board.h"
#include "netd/pools.h"
#include "netd/retry.h"
#include "netd/service_log.h"

namespace hawser::netd {

struct Counters {
  std::uint64_t steps = 0;          // that the kernel took
  std::uint64_t drift_repairs = 0;  // of these, undoing what somebody else changed
  std::uint64_t refused = 0;
};

class IpvsKeeper {
 public:
  static constexpr std::size_t kSlice = 8;  // services looked at in one go: below a millisecond

  // Of `board` it is told by health_changed().
  IpvsKeeper(Kernel& kernel, JournalBook& book, const HealthBoard& board, Tell tell, Counters& counters);

  // Who may have changed the table, in words; asked when that is told.
  void ask_who(std::function<std::string(TimePoint)> who) { who_ = std::move(who); }
  // Start and reload. Touches nothing yet: work() does.
  void configure(const config::Config& config, Why why, TimePoint now);
  void health_changed(const probes::ProbeKey& probe, TimePoint now);
  // What operators say of real servers; done at once.
  void set_overrides(Overrides overrides, TimePoint now);
  // One slice of what is due. True: call again at once.
  bool work(TimePoint now);
  // Refusals are not waited for any longer: something changed that may have been in the way.
  void retry_now();

  // When work() has something to do.
  [[nodiscard]] TimePoint next() const;
  // Everything was looked at since configure().
  [[nodiscard]] bool settled() const { return configured_ && fresh_.empty(); }

  [[nodiscard]] const Layout& layout() const { return layout_; }
  [[nodiscard]] const Pools& pools() const { return pools_; }
  [[nodiscard]] const std::map<ServiceKey, Service>& table() const { return table_; }
  [[nodiscard]] const Retries<IpvsUnit>& refusals() const { return refusals_; }
  // What somebody else undoes again and again, in words.
  [[nodiscard]] std::vector<std::string> contested() const { return contention_.contested_in_words(); }
  [[nodiscard]] std::vector<ServiceLog::Flapping> flapping(TimePoint now) const { return log_.flapping(now); }

 private:
  void enqueue_all(Why why);
  void enqueue(const ServiceKey& key, Why why);
  std::vector<std::pair<ServiceKey, Why>> take_slice();
  [[nodiscard]] bool is_to_be_journalled(const ServiceKey& key, TimePoint now) const;
  void journal_new_services();
  void say_journal(const Error& why);
  bool look(const std::set<ServiceKey>& keys, TimePoint now);
  [[nodiscard]] std::set<IpvsUnit> waiting(const ServiceKey& key) const;
  [[nodiscard]] std::optional<Pools::At> pool_at(const ServiceKey& key) const;
  [[nodiscard]] IpvsTask task_for(const ServiceKey& key, std::set<IpvsUnit> leave, TimePoint now) const;
  [[nodiscard]] bool is_ours(const ServiceKey& key) const;
  [[nodiscard]] std::set<IpvsUnit> contested(const ServiceKey& key) const;
  [[nodiscard]] std::set<IpvsUnit> left_alone(const ServiceKey& key, TimePoint now) const;
  [[nodiscard]] bool is_as_wanted(const ServiceKey& key, TimePoint now) const;
  void reconcile(const ServiceKey& key, Why why, TimePoint now);
  IpvsRepair repair(const IpvsTask& task, TimePoint now);
  void report(const IpvsRepair& repair, Why why, const std::set<IpvsUnit>& waited, TimePoint now);
  void say_step(const Step& step, Why why, TimePoint now);
  [[nodiscard]] bool is_small_talk(const Step& step, Why why) const;
  void remember(const ServiceKey& key, TimePoint now);
  void tell_step(const Step& step, Why why, const Event& event, TimePoint now);
  void settle_contention(TimePoint now);
  void refuse(const IpvsRefusal& refusal, TimePoint now);
  void settle_refusals(const ServiceKey& key, TimePoint now);
  void forget(const ServiceKey& key);
  void tell_all(const std::vector<Event>& events);
  void tell_service(const ServiceKey& key, TimePoint now);

  Kernel& kernel_;
  JournalBook& book_;
  const HealthBoard& board_;
  Tell tell_;
  Counters& counters_;
  std::function<std::string(TimePoint)> who_;

  bool configured_ = false;
  Milliseconds check_interval_{5000};
  TimePoint next_check_;
  Layout layout_;
  std::map<probes::ProbeKey, std::vector<ServiceKey>> users_;
  Pools pools_;

  std::map<ServiceKey, Service> table_;  // what the kernel has, of ours
  std::set<ServiceKey> fresh_;           // not looked at since configure()
  std::deque<ServiceKey> queue_;
  std::map<ServiceKey, Why> queued_;
  std::set<ServiceKey> unjournalled_;  // new ones that wait in the queue for the journal
  Retries<IpvsUnit> refusals_;
  AbsentModules absent_;
  Contention contention_;
  struct Fought {
    ServiceKey key;
    std::vector<IpvsUnit> units;
  };
  std::map<std::string, Fought> undone_;  // what is in `contention_`, by its words
  std::string blind_;                     // why the kernel could not be observed, as it was said
  TimePoint blind_until_;
  ServiceLog log_;
  std::set<std::string> said_;  // in this event
};

}  // namespace hawser::netd
