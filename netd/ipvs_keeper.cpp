#include "netd/ipvs_keeper.h"

namespace hawser::netd {
namespace {

constexpr Milliseconds kBlindPause{1000};

Desired only(const ServiceKey& key, const Service* wanted, const Journal& journal) {
  Desired desired;
  if (wanted != nullptr) desired.state.services.emplace(key, *wanted);
  if (journal.services.contains(key)) desired.journal.services.insert(key);
  return desired;
}

State only(const ServiceKey& key, const std::map<ServiceKey, Service>& table) {
  State state;
  if (const auto found = table.find(key); found != table.end()) state.services.insert(*found);
  return state;
}

const Service* find(const std::map<ServiceKey, Service>& table, const ServiceKey& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace

void take(std::map<ServiceKey, Service>& table, const Step& step) {
  std::visit(Overloaded{
                 [&](const AddService& add) {
                   auto& service = table[add.key];
                   service = add.service;
                   service.reals.clear();
                 },
                 [&](const EditService& edit) {
                   auto reals = std::move(table[edit.key].reals);
                   table[edit.key] = edit.to;
                   table[edit.key].reals = std::move(reals);
                 },
                 [&](const DeleteService& gone) { table.erase(gone.key); },
                 [&](const AddReal& add) { table[add.key].reals.insert_or_assign(add.real, add.server); },
                 [&](const EditReal& edit) { table[edit.key].reals.insert_or_assign(edit.real, edit.to); },
                 [&](const DeleteReal& gone) { table[gone.key].reals.erase(gone.real); },
                 [](const auto&) {},
             },
             step);
}

IpvsKeeper::IpvsKeeper(Kernel& kernel, JournalBook& book, Say say, Counters& counters)
    : kernel_(kernel), book_(book), say_(std::move(say)), counters_(counters) {}

void IpvsKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  auto layout = lay_out(config);
  auto wanted_probes = probes_of(layout, config);
  health_ = carry_over(health_, probes_, wanted_probes);
  probes_ = std::move(wanted_probes);
  layout_ = std::move(layout);
  users_ = users_of(layout_);
  check_interval_ = config.ipvs_check;
  next_check_ = now + check_interval_;
  configured_ = true;
  refusals_.clear();
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
  if (!configured_ || now < blind_until_) return false;
  for (const auto& key : refusals_.due(now)) enqueue(key, Why::kRetry);
  if (now >= next_check_) {
    next_check_ = now + check_interval_;
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
    if (!fresh_.contains(key) && steps_for(key).empty()) as_wanted.insert(key);
  }
  if (!look(keys, now)) {
    for (const auto& [key, why] : slice) enqueue(key, why);
    return false;
  }
  for (const auto& [key, why] : slice) {
    if (why != Why::kDrift && is_to_be_journalled(key)) {
      unjournalled_.insert(key);
      enqueue(key, why);
      continue;
    }
    fresh_.erase(key);
    if (why == Why::kDrift && refusals_.must_wait(key, now)) continue;
    reconcile(key, why == Why::kDrift && !as_wanted.contains(key) ? Why::kRetry : why, now);
  }
  if (queue_.empty())
    if (auto written = book_.flush(); !written) say_journal(written.error());
  return !queue_.empty();
}

// The journal is one file that is written whole and put on the disk: once for all new services of a
// configuration, not for each. So a new service waits at the end of the queue until all were looked at.
bool IpvsKeeper::is_to_be_journalled(const ServiceKey& key) const {
  return layout_.contains(key) && !table_.contains(key) && !book_.names().services.contains(key);
}

void IpvsKeeper::journal_new_services() {
  std::vector<Step> steps;
  for (const auto& key : std::exchange(unjournalled_, {}))
    if (layout_.contains(key)) steps.emplace_back(AddService{key, {}});
  if (auto written = book_.will_do(steps); !written) say_journal(written.error());
}

void IpvsKeeper::say_journal(const Error& why) {
  say_once(fmt::format("journal: {}", why.text));
}

bool IpvsKeeper::look(const std::set<ServiceKey>& keys, TimePoint now) {
  const auto observed = kernel_.observe(Scope{.network = false, .ipvs = true, .services = keys});
  if (!observed) {
    if (blind_ != observed.error().text) say_(log::Level::kWarning, observed.error().text);
    blind_ = observed.error().text;
    blind_until_ = now + kBlindPause;
    return false;
  }
  blind_.clear();
  for (const auto& key : keys) {
    table_.erase(key);
    if (const auto* there = find(observed->state.services, key)) table_.emplace(key, *there);
  }
  return true;
}

std::vector<Step> IpvsKeeper::steps_for(const ServiceKey& key) const {
  const auto service = layout_.find(key);
  if (service == layout_.end()) return plan_ipvs(only(key, nullptr, book_.names()), only(key, table_));
  const auto wanted = desired_service(service->second, health_, find(table_, key));
  return plan_ipvs(only(key, &wanted, book_.names()), only(key, table_));
}

void IpvsKeeper::reconcile(const ServiceKey& key, Why why, TimePoint now) {
  const auto steps = steps_for(key);
  if (steps.empty()) {
    refusals_.done(key);
    if (!layout_.contains(key)) forget(key);
    return;
  }
  if (perform_all(key, steps, why, now)) verify(key, now);
}

// Not in the file and not ours, or gone: who adds a service of that key next is not us.
void IpvsKeeper::forget(const ServiceKey& key) {
  table_.erase(key);
  book_.did(DeleteService{key});
}

bool IpvsKeeper::perform_all(const ServiceKey& key, const std::vector<Step>& steps, Why why, TimePoint now) {
  const auto* there = find(table_, key);
  const auto before = there == nullptr ? std::nullopt : std::optional(*there);
  if (auto written = book_.will_do(steps); !written) say_journal(written.error());
  std::vector<std::string> lines;
  for (const auto& step : steps) {
    if (auto done = kernel_.perform(step); !done) {
      book_.did_not(step);
      roll_back(key, before);
      refuse(key, done.error(), now);
      return false;
    }
    lines.push_back(tell_ipvs(step, why, layout_, health_));
    take(table_, step);
    book_.did(step);
  }
  counters_.steps += steps.size();
  if (why == Why::kDrift) counters_.drift_repairs += steps.size();
  refusals_.done(key);
  for (const auto& line : lines)
    if (said_.insert(line).second) say_(log::Level::kInfo, line);
  warn_when_empty(key);
  return true;
}

void IpvsKeeper::roll_back(const ServiceKey& key, const std::optional<Service>& before) {
  auto desired = only(key, before ? &*before : nullptr, book_.names());
  desired.journal.services.insert(key);
  for (const auto& step : plan_ipvs(desired, only(key, table_))) {
    if (!kernel_.perform(step)) break;  // the next look will see what is left
    take(table_, step);
    book_.did(step);
  }
}

void IpvsKeeper::refuse(const ServiceKey& key, const Error& why, TimePoint now) {
  ++counters_.refused;
  if (refusals_.refused(key, why.text, now))
    say_(log::Level::kWarning, fmt::format("{}; will be tried again", why.text));
}

// The kernel has the last word: what somebody else changed at the same moment is seen now, not at the next
// check.
void IpvsKeeper::verify(const ServiceKey& key, TimePoint now) {
  if (!look({key}, now)) return;
  if (const auto steps = steps_for(key); !steps.empty()) perform_all(key, steps, Why::kDrift, now);
}

void IpvsKeeper::verdict(const probes::ProbeKey& probe, const probes::Verdict& verdict, TimePoint now) {
  const auto known = health_.find(probe);
  const auto check = probes_.find(probe);
  if (known == health_.end() || check == probes_.end()) return;
  auto [health, changed] =
      probes::observe({check->second.fall, check->second.rise}, std::move(known->second), verdict, now);
  known->second = std::move(health);
  if (!changed) return;
  said_.clear();
  for (const auto& key : users_[probe]) {
    // Not looked at since the start: its turn comes at once, and uses this verdict.
    if (!fresh_.contains(key)) reconcile(key, Why::kVerdict, now);
  }
}

void IpvsKeeper::retry_now() {
  for (const auto& [key, retry] : refusals_.waiting()) enqueue(key, Why::kRetry);
}

TimePoint IpvsKeeper::next() const {
  if (!configured_) return TimePoint::max();
  if (!queue_.empty()) return blind_until_;
  const auto retry = refusals_.next();
  return std::max(blind_until_, retry ? std::min(*retry, next_check_) : next_check_);
}

void IpvsKeeper::say_once(const std::string& text) {
  if (said_.insert(text).second) say_(log::Level::kWarning, text);
}

void IpvsKeeper::warn_when_empty(const ServiceKey& key) {
  const auto service = layout_.find(key);
  const auto* there = find(table_, key);
  if (service == layout_.end() || there == nullptr || service->second.members.empty()) return;
  for (const auto& [endpoint, real] : there->reals)
    if (real.weight > 0) return;
  say_once(fmt::format("{}: {}: no real server in service", service->second.service, key));
}

}  // namespace hawser::netd
