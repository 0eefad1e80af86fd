#include "netd/network_keeper.h"

#include <algorithm>

#include "lib/plan/consequence.h"
#include "lib/plan/object.h"
#include "lib/plan/simulate.h"
#include "lib/plan/taken_over.h"
#include "lib/reconcile/own_kernel.h"
#include "netd/events.h"

namespace hawser::netd {
namespace {

std::set<std::string> difference(const std::set<std::string>& from, const std::set<std::string>& take_away) {
  std::set<std::string> result;
  for (const auto& item : from)
    if (!take_away.contains(item)) result.insert(item);
  return result;
}

// What is left of a bond and its ports is one thing; addresses and routes are things of their own.
std::string name_of_left(const Step& step, const State& wanted, const State& observed) {
  if (std::holds_alternative<AddressStep>(step) || std::holds_alternative<RouteStep>(step))
    return unit_of(step, wanted, observed);
  const auto object = object_of(step);
  const auto bond = bond_of(wanted, object);
  return bond.empty() ? object : bond;
}

}  // namespace

NetworkKeeper::NetworkKeeper(Kernel& kernel, JournalBook& book, Tell tell, Counters& counters,
                             FindPaths find_paths)
    : kernel_(kernel),
      book_(book),
      tell_(std::move(tell)),
      counters_(counters),
      find_paths_(std::move(find_paths)) {}

void NetworkKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  file_ = network_of(config);
  configured_ = true;
  attempts_.configure(why, now);
  contention_.clear();
  undone_.clear();
  said_missing_.clear();
  said_missing_devices_.clear();
  said_doubled_.clear();
}

void NetworkKeeper::resolve() {
  auto wanted = wanted_network(file_, observed_, book_, find_paths_);
  resolved_ = std::move(wanted.ports);
  desired_ = std::move(wanted.desired);
  devices_.clear();
  for (const auto& [name, link] : desired_.state.links) {
    devices_.insert(name);
    if (link.bond)
      for (const auto& [port, options] : link.bond->ports) devices_.insert(port);
  }
  say_missing();
}

void NetworkKeeper::say_missing() {
  for (const auto& missing : resolved_.missing)
    if (std::find(said_missing_.begin(), said_missing_.end(), missing) == said_missing_.end())
      tell_(missing_event(missing));
  said_missing_ = resolved_.missing;
  for (const auto& missing : resolved_.missing_devices)
    if (std::ranges::find(said_missing_devices_, missing) == said_missing_devices_.end())
      tell_(missing_event(missing));
  said_missing_devices_ = resolved_.missing_devices;
  for (const auto& doubled : resolved_.doubled)
    if (std::ranges::find(said_doubled_, doubled) == said_doubled_.end()) tell_(doubled_event(doubled));
  said_doubled_ = resolved_.doubled;
}

bool NetworkKeeper::work(TimePoint now) {
  if (!configured_ || now < attempts_.next()) return false;
  OwnKernel kernel(kernel_, book_, file_.vips, [this](const Error& error) { tell_(journal_event(error)); });
  const auto present_before = present_;
  attempts_.begin();
  if (!look(kernel, now)) return false;
  // At the start everything is new, which is nothing to say.
  const auto appeared = attempts_.is_new() ? std::set<std::string>{} : difference(present_, present_before);
  const bool performed = repair(kernel, appeared, now);
  attempts_.end();
  settle_contention(now);
  attempts_.look_at(contention_.next(now));
  if (has_lacp()) attempts_.look_at(now + kLacpLook);
  return performed || !appeared.empty();
}

bool NetworkKeeper::has_lacp() const {
  return std::ranges::any_of(resolved_.network.links, [](const auto& entry) {
    return entry.second.bond && entry.second.bond->mode == BondMode::k8023ad;
  });
}

// Once for each device, also over reloads; again when it was made anew.
void NetworkKeeper::say_taken_over() {
  std::map<std::string, IfIndex> now;
  for (const auto& [name, text] : taken_over(desired_, observed_.state)) {
    const auto index = observed_.links.at(name).index;
    now.emplace(name, index);
    const auto said = said_taken_over_.find(name);
    if (said == said_taken_over_.end() || said->second != index)
      tell_(event_from(text, EventKind::kInterface, Level::kWarning));
  }
  said_taken_over_ = std::move(now);
}

bool NetworkKeeper::repair(Kernel& kernel, const std::set<std::string>& appeared, TimePoint now) {
  if (!desired_.owed.empty())
    tell_({.kind = EventKind::kStorage,
           .object = "journal",
           .what = "an earlier netd ended in the middle of a change",
           .cause = {CauseKind::kRetry, "what others had then is put back"}});
  say_taken_over();
  // Where somebody else's device is in the way, or the kernel lacks an option, the plan is empty, and yet it
  // is not as the file wants it.
  const bool is_as_wanted =
      plan_network(desired_, observed_.state).empty() && in_the_way(desired_, observed_.state).empty();
  attempts_.saw(of_the_file(observed_.state), is_as_wanted);
  if (is_as_wanted) {
    owe_nothing();
    return false;
  }
  if (!worth_trying(now)) {
    // What somebody else undoes again and again does not hide what he undoes for the first time.
    attempts_.settle(attempts_.holds_nothing() &&
                     plan_network(desired_, observed_.state, contested_steps(now)).empty());
    return false;
  }
  return run(kernel, appeared, now);
}

// What was refused is left alone for now; all else is done at once.
bool NetworkKeeper::worth_trying(TimePoint now) const {
  return attempts_.due(now) || !plan_network(desired_, observed_.state, left_out(now)).empty();
}

std::vector<Step> NetworkKeeper::contested_steps(TimePoint now) const {
  std::vector<Step> steps;
  for (const auto& [what, step] : undone_)
    if (contention_.must_wait(what, now)) steps.push_back(step);
  return steps;
}

std::vector<Step> NetworkKeeper::left_out(TimePoint now) const {
  auto steps = attempts_.steps_of(attempts_.left_alone(now));
  std::ranges::move(contested_steps(now), std::back_inserter(steps));
  return steps;
}

void NetworkKeeper::settle_contention(TimePoint now) {
  for (const auto& event : contention_.settle(now)) tell_(event);
  std::erase_if(undone_, [&](const auto& entry) { return !contention_.knows(entry.first); });
}

bool NetworkKeeper::look(Kernel& kernel, TimePoint now) {
  auto observed = kernel.observe(kNetworkOnly);
  if (!observed) {
    if (attempts_.blind(observed.error().text, now))
      tell_(event_from(observed.error().text, EventKind::kRefusal, Level::kWarning));
    return false;
  }
  attempts_.answered();
  observed_ = std::move(*observed);
  resolve();
  present_ = present(observed_.state);
  if (on_look_) on_look_(observed_, devices_, now);
  return true;
}

bool NetworkKeeper::run(Kernel& kernel, const std::set<std::string>& appeared, TimePoint now) {
  const auto alone = attempts_.left_alone(now);
  if (auto written = announce(plan_network(desired_, observed_.state)); !written)
    tell_(journal_event(written.error()));
  const auto made = book_.names().links;
  auto applied = apply(desired_, kernel, Rollback::kObject, kNetworkOnly, {}, left_out(now));
  book_.links_over();
  owe_nothing();
  if (!applied) {
    attempts_.failed(applied.error().text, now);
    tell_(event_from(applied.error().text, EventKind::kRefusal, Level::kWarning));
    return false;
  }
  auto costs = lost_links(observed_, applied->done, made);
  std::ranges::move(consequences(observed_, applied->done), std::back_inserter(costs));
  look(kernel, now);
  say_done(*applied, appeared, now);
  for (const auto& cost : costs)
    tell_(event_from(describe(cost), EventKind::kTraffic, is_loss(cost) ? Level::kWarning : Level::kInfo));
  report(*applied, alone, now);
  attempts_.settle(applied->refused.empty() &&
                   plan_network(desired_, observed_.state, contested_steps(now)).empty());
  return !applied->done.empty();
}

// Tried once: what others take away later is theirs to take.
void NetworkKeeper::owe_nothing() {
  desired_.owed = {};
  if (auto written = book_.owes({}); !written) tell_(journal_event(written.error()));
}

Status NetworkKeeper::announce(const std::vector<Step>& steps) {
  if (auto written = book_.owes(owed_by(steps, desired_.state)); !written) return written;
  return book_.will_do(steps);
}

void NetworkKeeper::say_done(const Applied& applied, const std::set<std::string>& appeared, TimePoint now) {
  counters_.steps += applied.done.size();
  if (attempts_.why() == Why::kDrift) counters_.drift_repairs += applied.done.size();
  for (const auto& step : applied.done) say_step(step, appeared, now);
}

// What is known to be undone again and again was said, and is not said each time.
void NetworkKeeper::say_step(const Step& step, const std::set<std::string>& appeared, TimePoint now) {
  const auto why = attempts_.why();
  const auto repair = network_event(step, Why::kDrift, {});
  const auto what = line_of(repair);
  const bool known = contention_.is_contested(what);
  if (!known) tell_(network_event(step, why, appeared));
  if (!known && why != Why::kDrift) return;
  undone_.insert_or_assign(what, step);
  if (const auto event = contention_.repaired(repair, now)) tell_(*event);
}

void NetworkKeeper::report(const Applied& applied, std::set<std::string> still, TimePoint now) {
  report_refused(applied, now);
  for (const auto& refusal : applied.refused) still.insert(refusal.object);
  still.merge(report_left(applied, now));
  attempts_.keep_only(still, of_the_file(observed_.state));
}

void NetworkKeeper::report_refused(const Applied& applied, TimePoint now) {
  for (const auto& [object, step, why, price] : applied.refused) {
    ++counters_.refused;
    if (attempts_.failed({object, {step}, price, why.text}, now))
      tell_with_outlook(refusal_event(step, why), price);
  }
}

void NetworkKeeper::tell_with_outlook(Event event, Price price) {
  event.outlook = price == Price::kCut ? Outlook::kWaits : Outlook::kRetried;
  tell_(event);
}

// Every step was acknowledged but the state still differs: the kernel overrode it, or another program changed
// it back. Steps that interrupt traffic wait for a change; harmless ones are retried. Returns their names.
std::set<std::string> NetworkKeeper::report_left(const Applied& applied, TimePoint now) {
  struct Left {
    const Step* telling = nullptr;
    Price price{};
    std::vector<Step> steps;
  };
  std::map<std::string, Left> left;
  for (const auto& step : applied.futile) {
    // What a changed option costs (ports leave and come back) is in the plan as well; the option says more.
    auto& thing = left[name_of_left(step, desired_.state, observed_.state)];
    if (thing.telling == nullptr || is<SetBondOption>(step)) thing.telling = &step;
    thing.price = std::max(thing.price, price_of(step));
    thing.steps.push_back(step);
  }
  std::set<std::string> names;
  for (const auto& [name, what] : left) {
    names.insert(name);
    auto event = left_event(*what.telling);
    if (attempts_.failed({name, what.steps, what.price, line_of(event)}, now))
      tell_with_outlook(std::move(event), what.price);
  }
  return names;
}

std::set<std::string> NetworkKeeper::present(const State& state) const {
  std::set<std::string> names;
  for (const auto& name : devices_)
    if (state.links.contains(name)) names.insert(name);
  return names;
}

State NetworkKeeper::of_the_file(const State& state) const {
  State part;
  for (const auto& name : devices_)
    if (const auto found = state.links.find(name); found != state.links.end()) part.links.insert(*found);
  // Our own attempts bring the kernel to make these anew.
  for (auto& [name, link] : part.links)
    std::erase_if(link.addresses,
                  [](const auto& entry) { return is_kernel_made(entry.first, entry.second); });
  return part;
}

}  // namespace hawser::netd
