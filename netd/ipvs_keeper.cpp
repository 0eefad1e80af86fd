#include "netd/ipvs_keeper.h"

#include <algorithm>
#include <cerrno>

namespace hawser::netd {
namespace {

constexpr Milliseconds kBlindPause{1000};

const Service* find(const std::map<ServiceKey, Service>& table, const ServiceKey& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

// The kernel has something else there than we thought: no refusal, but a reason to look.
bool is_news(const IpvsRefusal& refusal) {
  return refusal.why.code == EEXIST || refusal.why.code == ESRCH ||
         (refusal.unit.real && refusal.why.code == ENOENT);
}

}  // namespace

IpvsKeeper::IpvsKeeper(Kernel& kernel, JournalBook& book, const HealthBoard& board, Tell tell,
                       Counters& counters)
    : kernel_(kernel), book_(book), board_(board), tell_(std::move(tell)), counters_(counters) {}

void IpvsKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  layout_ = lay_out(config);
  users_ = users_of(layout_);
  pools_.keep_only(layout_);
  log_.keep_only(layout_);
  check_interval_ = config.ipvs_check;
  next_check_ = now + check_interval_;
  configured_ = true;
  refusals_.clear();
  absent_.clear();
  contention_ = Contention(Contention::pace_of(check_interval_));
  undone_.clear();
  enqueue_all(why);
  fresh_.clear();
  for (const auto& [key, ignored] : queued_) fresh_.insert(key);
}

void IpvsKeeper::enqueue_all(Why why) {
  for (const auto& [key, service] : layout_) enqueue(key, why);
  for (const auto& key : book_.names().services) enqueue(key, why);
}

void IpvsKeeper::enqueue(const ServiceKey& key, Why why) {
  const auto [found, is_new] = queued_.try_emplace(key, why);
  if (is_new)
    queue_.push_back(key);
  else if (why == Why::kStart || why == Why::kReload)
    found->second = why;
}

std::vector<std::pair<ServiceKey, Why>> IpvsKeeper::take_slice() {
  std::vector<std::pair<ServiceKey, Why>> slice;
  while (!queue_.empty() && slice.size() < kSlice) {
    const auto found = queued_.find(queue_.front());
    slice.emplace_back(*found);
    queued_.erase(found);
    queue_.pop_front();
  }
  return slice;
}

bool IpvsKeeper::work(TimePoint now) {
  if (!configured_) return false;
  tell_all(log_.last_words(now));
  if (now < blind_until_) return false;
  for (const auto& unit : refusals_.due(now)) enqueue(unit.service, Why::kRetry);
  for (const auto& key : pools_.due(now)) enqueue(key, Why::kTime);
  if (now >= next_check_) {
    next_check_ = now + check_interval_;
    settle_contention(now);
    enqueue_all(Why::kDrift);
  }
  said_.clear();
  if (!queue_.empty() && unjournalled_.contains(queue_.front())) journal_new_services();
  const auto slice = take_slice();
  if (slice.empty()) return false;
  std::set<ServiceKey> keys;
  std::set<ServiceKey> as_wanted;  // until somebody else changed something
  for (const auto& [key, why] : slice) {
    keys.insert(key);
    if (!fresh_.contains(key) && is_as_wanted(key, now)) as_wanted.insert(key);
  }
  if (!look(keys, now)) {
    for (const auto& [key, why] : slice) enqueue(key, why);
    return false;
  }
  for (const auto& [key, why] : slice) {
    if (why != Why::kDrift && is_to_be_journalled(key, now)) {
      unjournalled_.insert(key);
      enqueue(key, why);
      continue;
    }
    fresh_.erase(key);
    reconcile(key, why == Why::kDrift && !as_wanted.contains(key) ? Why::kRetry : why, now);
  }
  if (queue_.empty())
    if (auto written = book_.flush(); !written) say_journal(written.error());
  return !queue_.empty();
}

// The journal is one file that is written whole and put on the disk: once for all new services of a
// configuration, not for each. So a new service waits at the end of the queue until all were looked at.
bool IpvsKeeper::is_to_be_journalled(const ServiceKey& key, TimePoint now) const {
  return layout_.contains(key) && !table_.contains(key) && !book_.names().services.contains(key) &&
         !refusals_.must_wait({key, {}, IpvsPart::kService}, now);
}

void IpvsKeeper::journal_new_services() {
  std::vector<Step> steps;
  for (const auto& key : std::exchange(unjournalled_, {}))
    if (layout_.contains(key)) steps.emplace_back(AddService{key, {}});
  if (auto written = book_.will_do(steps); !written) say_journal(written.error());
}

void IpvsKeeper::say_journal(const Error& why) {
  if (said_.insert(why.text).second) tell_(journal_event(why));
}

bool IpvsKeeper::look(const std::set<ServiceKey>& keys, TimePoint now) {
  const auto observed = kernel_.observe(Scope{{Look::kIpvs}, keys});
  if (!observed) {
    if (blind_ != observed.error().text)
      tell_(event_from(observed.error().text, EventKind::kRefusal, Level::kWarning));
    blind_ = observed.error().text;
    blind_until_ = now + kBlindPause;
    return false;
  }
  blind_.clear();
  for (const auto& key : keys) {
    table_.erase(key);
    if (const auto* there = find(observed->state.services, key)) table_.emplace(key, *there);
    const auto status = observed->services.find(key);
    if (const auto at = pool_at(key); at && status != observed->services.end())
      pools_.count(*at, status->second);
  }
  return true;
}

std::set<IpvsUnit> IpvsKeeper::waiting(const ServiceKey& key) const {
  std::set<IpvsUnit> units;
  const auto& all = refusals_.waiting();
  for (auto at = all.lower_bound({key, {}, {}}); at != all.end() && at->first.service == key; ++at)
    units.insert(at->first);
  return units;
}

bool IpvsKeeper::is_ours(const ServiceKey& key) const {
  return layout_.contains(key) || book_.names().services.contains(key);
}

std::optional<Pools::At> IpvsKeeper::pool_at(const ServiceKey& key) const {
  const auto service = layout_.find(key);
  if (service == layout_.end()) return std::nullopt;
  return Pools::At{service->first, service->second, board_.table(), find(table_, key)};
}

IpvsTask IpvsKeeper::task_for(const ServiceKey& key, std::set<IpvsUnit> leave, TimePoint now) const {
  IpvsTask task{.key = key, .wanted = {}, .there = {}, .dead = {}, .leave = std::move(leave)};
  if (const auto* there = find(table_, key)) task.there = *there;
  if (const auto at = pool_at(key)) {
    auto weighed = pools_.weigh(*at, now);
    task.wanted = std::move(weighed.wanted);
    task.dead = std::move(weighed.dead);
  }
  return task;
}

void IpvsKeeper::remember(const ServiceKey& key, TimePoint now) {
  if (const auto at = pool_at(key)) pools_.remember(*at, now);
}

// Of a service, what somebody else undoes again and again.
std::set<IpvsUnit> IpvsKeeper::contested(const ServiceKey& key) const {
  std::set<IpvsUnit> units;
  for (const auto& [what, fought] : undone_)
    if (fought.key == key && contention_.is_contested(what))
      units.insert(fought.units.begin(), fought.units.end());
  return units;
}

// What is left as it is for now: refused not long ago, or put back not long ago and undone again.
std::set<IpvsUnit> IpvsKeeper::left_alone(const ServiceKey& key, TimePoint now) const {
  auto units = waiting(key);
  std::erase_if(units, [&](const auto& unit) { return !refusals_.must_wait(unit, now); });
  for (const auto& [what, fought] : undone_)
    if (fought.key == key && contention_.is_contested(what) && contention_.must_wait(what, now))
      units.insert(fought.units.begin(), fought.units.end());
  return units;
}

bool IpvsKeeper::is_as_wanted(const ServiceKey& key, TimePoint now) const {
  if (!is_ours(key)) return true;
  auto leave = waiting(key);
  leave.merge(contested(key));
  return plan_repair(task_for(key, std::move(leave), now)).empty();
}

void IpvsKeeper::settle_contention(TimePoint now) {
  for (const auto& event : contention_.settle(now)) tell_(event);
  std::erase_if(undone_, [&](const auto& entry) { return !contention_.knows(entry.first); });
}

// Twice, with a look in between: the kernel has the last word, so that what somebody else changed at the same
// moment is seen now and not at the next check.
void IpvsKeeper::reconcile(const ServiceKey& key, Why why, TimePoint now) {
  for (int round = 0; round < 2 && is_ours(key); ++round) {
    remember(key, now);
    const auto waited = waiting(key);
    const auto task = task_for(key, left_alone(key, now), now);
    if (plan_repair(task).empty()) break;
    auto repair = this->repair(task, now);
    if (round == 0) std::erase_if(repair.refused, is_news);
    report(repair, why, waited, now);
    if (!look({key}, now)) break;
    why = Why::kDrift;
  }
  settle_refusals(key, now);
  remember(key, now);
  tell_service(key, now);
  if (!layout_.contains(key) && (!is_ours(key) || !table_.contains(key))) forget(key);
}

// Not in the file and not ours, or gone: who adds a service of that key next is not us.
void IpvsKeeper::forget(const ServiceKey& key) {
  table_.erase(key);
  book_.did(DeleteService{key});
}

IpvsRepair IpvsKeeper::repair(const IpvsTask& task, TimePoint now) {
  const auto steps = plan_repair(task);
  if (auto written = book_.will_do(steps); !written) say_journal(written.error());
  SparingKernel kernel(kernel_, absent_, now);
  auto repair = repair_ipvs(task, kernel);
  for (const auto& step : repair.done) book_.did(step);
  if (!task.there && !repair.there) book_.did_not(AddService{task.key, {}});
  table_.erase(task.key);
  if (repair.there) table_.emplace(task.key, *repair.there);
  return repair;
}

void IpvsKeeper::report(const IpvsRepair& repair, Why why, const std::set<IpvsUnit>& waited, TimePoint now) {
  for (const auto& step : repair.done) {
    const auto units = ipvs_units_of(step);
    const bool retried = std::ranges::any_of(units, [&](const auto& unit) { return waited.contains(unit); });
    ++counters_.steps;
    if (why == Why::kDrift && !retried) ++counters_.drift_repairs;
    say_step(step, retried ? Why::kRetry : why, now);
  }
  for (const auto& refusal : repair.refused) refuse(refusal, now);
}

// What is known to be undone again and again was said, and is not said each time.
void IpvsKeeper::say_step(const Step& step, Why why, TimePoint now) {
  if (is_small_talk(step, why)) return;
  auto event = ipvs_event(step, why, {layout_, board_.table(), pools_});
  const auto line = line_of(event);
  const bool known = why == Why::kDrift && contention_.is_contested(line);
  if (!known && said_.insert(line).second) {
    if (why == Why::kDrift && who_) event.evidence = who_(now);
    tell_step(step, why, event, now);
  }
  if (why != Why::kDrift) return;
  const auto units = ipvs_units_of(step);
  undone_.insert_or_assign(line, Fought{units.front().service, units});
  if (const auto news = contention_.repaired(event, now)) tell_(*news);
}

// A step of a ramp between its first and its last.
bool IpvsKeeper::is_small_talk(const Step& step, Why why) const {
  const auto* edit = as<EditReal>(step);
  if (edit == nullptr || why != Why::kTime) return false;
  const auto* weight = pools_.find(edit->key, edit->real);
  return weight != nullptr && weight->because == Because::kRamp;
}

void IpvsKeeper::tell_step(const Step& step, Why why, const Event& event, TimePoint now) {
  const auto units = ipvs_units_of(step);
  const auto service = units.empty() ? layout_.end() : layout_.find(units.front().service);
  if (service == layout_.end() || !units.front().real) return tell_(event);
  log_.told(service->second, *units.front().real);
  if (why != Why::kVerdict) return tell_(event);
  if (const auto damped = log_.changed(service->second, *units.front().real, event, now)) tell_(*damped);
}

void IpvsKeeper::refuse(const IpvsRefusal& refusal, TimePoint now) {
  ++counters_.refused;
  const auto text = refusal.meanwhile.empty() ? refusal.why.text
                                              : fmt::format("{}; {}", refusal.why.text, refusal.meanwhile);
  if (!refusals_.refused(refusal.unit, text, now)) return;
  auto event = event_from(text, EventKind::kRefusal, Level::kWarning);
  event.cause.kind = CauseKind::kKernel;
  event.outlook = Outlook::kRetried;
  tell_(event);
}

// What was refused and is not missing any more, since the kernel took it or since nobody wants it now. What
// is due and had no turn, since something larger waits, waits on.
void IpvsKeeper::settle_refusals(const ServiceKey& key, TimePoint now) {
  const auto waits = waiting(key);
  if (waits.empty()) return;
  std::set<IpvsUnit> missing;
  if (is_ours(key))
    for (const auto& step : plan_repair(task_for(key, {}, now)))
      for (const auto& unit : ipvs_units_of(step)) missing.insert(unit);
  for (const auto& unit : waits) {
    if (!missing.contains(unit))
      refusals_.done(unit);
    else if (!refusals_.must_wait(unit, now))
      refusals_.again(unit, now);
  }
}

void IpvsKeeper::health_changed(const probes::ProbeKey& probe, TimePoint now) {
  said_.clear();
  for (const auto& key : users_[probe]) {
    // Not looked at since the start: its turn comes at once, and uses this verdict.
    if (!fresh_.contains(key)) reconcile(key, Why::kVerdict, now);
  }
}

void IpvsKeeper::set_overrides(Overrides overrides, TimePoint now) {
  std::vector<ServiceKey> changed;
  for (const auto& [key, service] : layout_)
    if (pools_.overrides().of(service) != overrides.of(service)) changed.push_back(key);
  pools_.set(std::move(overrides));
  said_.clear();
  for (const auto& key : changed)
    if (!fresh_.contains(key)) reconcile(key, Why::kOperator, now);
}

void IpvsKeeper::retry_now() {
  for (const auto& [unit, retry] : refusals_.waiting()) enqueue(unit.service, Why::kRetry);
  refusals_.hurry();
}

TimePoint IpvsKeeper::next() const {
  if (!configured_) return TimePoint::max();
  if (!queue_.empty()) return blind_until_;
  const auto retry = refusals_.next();
  const auto due = std::min(next_check_, pools_.next());
  const auto work = std::max(blind_until_, retry ? std::min(*retry, due) : due);
  return std::min(work, log_.due());
}

void IpvsKeeper::tell_all(const std::vector<Event>& events) {
  for (const auto& event : events) tell_(event);
}

void IpvsKeeper::tell_service(const ServiceKey& key, TimePoint now) {
  const auto at = pool_at(key);
  if (!at) return;
  const auto* weighed = pools_.find(key);
  tell_all(log_.saw({at->key, at->service, at->present, weighed == nullptr ? nullptr : &weighed->memory},
                    at->health, now));
}

}  // namespace hawser::netd
