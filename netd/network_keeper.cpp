#include "netd/network_keeper.h"

#include <algorithm>

#include "lib/plan/object.h"
#include "lib/plan/simulate.h"

namespace hawser::netd {
namespace {

const Scope kNetwork{.network = true, .ipvs = false, .services = {}};

std::set<std::string> difference(const std::set<std::string>& from, const std::set<std::string>& take_away) {
  std::set<std::string> result;
  for (const auto& item : from)
    if (!take_away.contains(item)) result.insert(item);
  return result;
}

bool costs_traffic(const Step& step) {
  const auto* state = std::get_if<SetLinkUp>(&step);
  return std::holds_alternative<SetMaster>(step) || std::holds_alternative<DeleteLink>(step) ||
         (state != nullptr && !state->up);
}

}  // namespace

NetworkKeeper::NetworkKeeper(Kernel& kernel, JournalBook& book, Say say, Counters& counters,
                             FindPaths find_paths)
    : kernel_(kernel),
      book_(book),
      say_(std::move(say)),
      counters_(counters),
      find_paths_(std::move(find_paths)) {}

void NetworkKeeper::configure(const config::Config& config, Why why, TimePoint now) {
  vips_ = vip_addresses(config);
  network_ = config.network;
  hide_addresses(network_, vips_);
  bonds_ = config.bonds;
  uses_paths_ = false;
  for (const auto& [name, policy] : bonds_)
    for (const auto& port : policy.port_order) uses_paths_ = uses_paths_ || port.starts_with("path:");
  configured_ = true;
  refusals_.clear();
  refused_with_.reset();
  futile_.clear();
  said_missing_.clear();
  why_ = why;
  next_ = now;
}

void NetworkKeeper::resolve() {
  const auto paths = uses_paths_ && find_paths_ ? find_paths_() : config::DevicesByPath{};
  resolved_ = config::resolve_ports(network_, bonds_, observed_, paths);
  desired_.state = resolved_.network;
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
      say_(log::Level::kWarning, fmt::format("{}: port {} is missing: it is added as soon as it appears",
                                             missing.bond, missing.port));
  said_missing_ = resolved_.missing;
}

void NetworkKeeper::changed(TimePoint now) {
  // The first change sets the time: a steady stream of them must not put the look off for ever.
  next_ = std::min(next_, now + kGather);
}

bool NetworkKeeper::work(TimePoint now) {
  if (!configured_ || now < next_) return false;
  OwnKernel kernel(kernel_, book_, vips_, [this](const Error& error) {
    say_(log::Level::kWarning, fmt::format("journal: {}", error.text));
  });
  const auto present_before = present_;
  next_ = TimePoint::max();
  if (!look(kernel, now)) return false;
  // At the start everything is new, which is nothing to say.
  const auto appeared = why_ ? std::set<std::string>{} : difference(present_, present_before);
  const bool performed = repair(kernel, appeared, now);
  why_.reset();
  if (const auto retry = refusals_.next()) next_ = std::min(next_, *retry);
  return performed || !appeared.empty();
}

bool NetworkKeeper::repair(Kernel& kernel, const std::set<std::string>& appeared, TimePoint now) {
  desired_.journal = book_.names();
  const auto steps = plan_network(desired_, observed_.state);
  const bool was_as_wanted = std::exchange(as_wanted_, steps.empty());
  if (as_wanted_) {
    refusals_.clear();
    refused_with_.reset();
    futile_.clear();
    return false;
  }
  if (!worth_trying(steps, now)) return false;
  const auto why = why_ ? *why_ : was_as_wanted ? Why::kDrift : Why::kRetry;
  return run(kernel, why, appeared, now);
}

// What was refused is left alone until its time comes, or something changed on the devices of the file. Our
// own attempts change nothing there that lasts: they are rolled back. All else is done at once.
bool NetworkKeeper::worth_trying(const std::vector<Step>& steps, TimePoint now) const {
  const auto waits = [&](const std::string& unit) { return refusals_.waiting().contains(unit); };
  const auto is_new = [&](const Step& step) {
    return std::ranges::none_of(units_of(step, desired_.state, observed_.state), waits);
  };
  return has_changed() || !refusals_.due(now).empty() || std::ranges::any_of(steps, is_new);
}

bool NetworkKeeper::has_changed() const {
  return why_ || !refused_with_ || *refused_with_ != of_the_file(observed_.state);
}

bool NetworkKeeper::look(Kernel& kernel, TimePoint now) {
  auto observed = kernel.observe(kNetwork);
  if (!observed) {
    if (blind_ != observed.error().text) say_(log::Level::kWarning, observed.error().text);
    blind_ = observed.error().text;
    next_ = now + kFirstRetry;
    return false;
  }
  blind_.clear();
  observed_ = std::move(*observed);
  resolve();
  present_ = present(observed_.state);
  return true;
}

bool NetworkKeeper::run(Kernel& kernel, Why why, const std::set<std::string>& appeared, TimePoint now) {
  if (has_changed()) futile_.clear();
  auto applied = apply(desired_, kernel, Rollback::kObject, kNetwork, {}, futile_);
  if (!applied) {
    refusals_.refused("kernel", applied.error().text, now);
    say_(log::Level::kWarning, applied.error().text);
    return false;
  }
  look(kernel, now);
  report(*applied, why, appeared, now);
  as_wanted_ = applied->complete();
  return !applied->done.empty();
}

void NetworkKeeper::report(const Applied& applied, Why why, const std::set<std::string>& appeared,
                           TimePoint now) {
  counters_.steps += applied.done.size();
  if (why == Why::kDrift) counters_.drift_repairs += applied.done.size();
  for (const auto& step : applied.done) say_(log::Level::kInfo, tell_network(step, why, appeared));
  std::set<std::string> still;
  report_refused(applied, now);
  for (const auto& refusal : applied.refused) still.insert(refusal.object);
  still.merge(report_left(applied, now));
  const auto before = refusals_.waiting();
  for (const auto& [object, retry] : before)
    if (!still.contains(object)) refusals_.done(object);
  if (still.empty())
    refused_with_.reset();
  else
    refused_with_ = of_the_file(observed_.state);
}

void NetworkKeeper::report_refused(const Applied& applied, TimePoint now) {
  for (const auto& refusal : applied.refused) {
    ++counters_.refused;
    if (refusals_.refused(refusal.object, refusal.why.text, now))
      say_(log::Level::kWarning, fmt::format("{}; will be tried again", refusal.why.text));
  }
}

// Nobody refused, and yet it is not as it should be: the kernel knows better, or somebody else is at it. What
// would take a bond down again and again is left; what costs nothing is tried again. Returns their units.
std::set<std::string> NetworkKeeper::report_left(const Applied& applied, TimePoint now) {
  struct Left {
    const Step* telling = nullptr;
    bool costs_traffic = false;
  };
  std::map<std::string, Left> left;
  for (const auto& step : applied.left) {
    const auto units = units_of(step, desired_.state, observed_.state);
    const auto is_refused = [&](const auto& refusal) {
      return std::ranges::find(units, refusal.object) != units.end();
    };
    if (std::ranges::any_of(applied.refused, is_refused)) continue;
    // What a changed option costs (ports leave and come back) is in the plan as well; the option says more.
    auto& unit = left[units.front()];
    if (unit.telling == nullptr || std::holds_alternative<SetBondOption>(step)) unit.telling = &step;
    unit.costs_traffic = unit.costs_traffic || costs_traffic(step);
  }
  futile_.clear();
  std::set<std::string> names;
  for (const auto& [unit, what] : left) {
    names.insert(unit);
    const auto text = tell_left(*what.telling);
    if (!what.costs_traffic) {
      if (refusals_.refused(unit, text, now)) say_(log::Level::kWarning, text + "; will be tried again");
      continue;
    }
    futile_.insert(unit);
    if (refusals_.futile(unit, text))
      say_(log::Level::kWarning, text + "; not tried again until something changes");
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
