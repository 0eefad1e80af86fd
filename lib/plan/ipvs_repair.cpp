#include "lib/plan/ipvs_repair.h"

#include <algorithm>
#include <cerrno>

#include "lib/plan/plan.h"

namespace hawser {
namespace {

const RealServer* find_real(const std::optional<Service>& service, const Endpoint& real) {
  if (!service) return nullptr;
  const auto found = service->reals.find(real);
  return found == service->reals.end() ? nullptr : &found->second;
}

bool gets_connections(const std::optional<Service>& service, const Endpoint& real) {
  const auto* there = find_real(service, real);
  return there != nullptr && there->weight > 0;
}

// --- what is left out of the plan ---

void leave_real(Service& target, const IpvsUnit& unit, const RealServer* there) {
  if (unit.part == IpvsPart::kReal) {
    if (there == nullptr)
      target.reals.erase(*unit.real);
    else
      target.reals.insert_or_assign(*unit.real, *there);
    return;
  }
  const auto wanted = target.reals.find(*unit.real);
  if (wanted != target.reals.end() && there != nullptr)
    wanted->second = with_part(wanted->second, unit.part, *there);
}

// The wanted service with what waits as it is. Attributes of a service that is not there cannot be left.
Service target_of(const IpvsTask& task) {
  auto target = *task.wanted;
  for (const auto& unit : task.leave) {
    if (!unit.real) {
      if (task.there) target = with_part(std::move(target), unit.part, *task.there);
      continue;
    }
    const bool must_go = task.dead.contains(*unit.real) && gets_connections(task.there, *unit.real);
    const bool would_hold_it = unit.part == IpvsPart::kReal || unit.part == IpvsPart::kWeight;
    if (!must_go || !would_hold_it) leave_real(target, unit, find_real(task.there, *unit.real));
  }
  return target;
}

bool waits_as_a_whole(const IpvsTask& task) {
  return (!task.wanted || !task.there) && task.leave.contains({task.key, {}, IpvsPart::kService});
}

bool protects(const Step& step, const std::set<Endpoint>& dead) {
  if (const auto* gone = as<DeleteReal>(step)) return dead.contains(gone->real);
  if (const auto* edit = as<EditReal>(step)) return edit->to.weight == 0 && edit->from.weight > 0;
  return false;
}

// --- a service with less than was wanted ---

// What the kernel answers where it does not take a value; EPERM, ENOPKG and the like mean all of them.
bool is_about_a_value(const Error& error) {
  return error.code == ENOENT || error.code == EINVAL || error.code == ERANGE || error.code == EOPNOTSUPP;
}

Service plain(const ServiceKey& key, const std::string& scheduler) {
  Service service;
  service.scheduler = scheduler;
  service.netmask = key.family() == Family::kIpv4 ? 32 : 128;
  return service;
}

// From the most to the least of what was wanted.
std::vector<Service> lesser(const ServiceKey& key, const Service& wanted) {
  const auto bare = plain(key, wanted.scheduler);
  const auto others = schedulers_instead_of(wanted.scheduler);
  std::vector<Service> all;
  const auto add_with_other_schedulers = [&](const Service& service) {
    for (const auto& scheduler : others)
      all.push_back(with_part(service, IpvsPart::kScheduler, plain(key, scheduler)));
  };
  add_with_other_schedulers(wanted);
  for (const auto part : changed_parts(wanted, bare)) all.push_back(with_part(wanted, part, bare));
  all.push_back(bare);
  if (!wanted.persistence_engine.empty())
    add_with_other_schedulers(with_part(wanted, IpvsPart::kPersistenceEngine, bare));
  add_with_other_schedulers(bare);
  std::erase(all, wanted);
  return all;
}

class Repair {
 public:
  Repair(const IpvsTask& task, Kernel& kernel) : task_(task), kernel_(kernel) { repair_.there = task.there; }

  IpvsRepair run() {
    for (const auto& step : plan_repair(task_))
      std::visit([this](const auto& one) { carry_out(one); }, std::get<ServiceStep>(step));
    return std::move(repair_);
  }

 private:
  void carry_out(const AddService& step) {
    const auto refused = perform(step);
    if (!refused) return;
    if (is_about_a_value(*refused) && add_lesser(step))
      edit_by_parts(step.key, step.service);
    else
      refuse(IpvsPart::kService, *refused);
  }
  void carry_out(const DeleteService& step) {
    if (const auto refused = perform(step)) refuse(IpvsPart::kService, *refused);
  }
  void carry_out(const EditService& step) {
    const auto refused = perform(step);
    if (!refused) return;
    const auto parts = changed_parts(step.from, step.to);
    if (parts.size() == 1)
      refuse(parts.front(), *refused);
    else
      edit_by_parts(step.key, step.to);
  }
  void carry_out(const AddReal& step) {
    if (!repair_.there) return;  // the service was refused
    const auto refused = perform(step);
    if (!refused) return;
    const auto less = with_part(step.server, IpvsPart::kThresholds, RealServer{});
    if (is_about_a_value(*refused) && less != step.server && !perform(AddReal{step.key, step.real, less}))
      carry_out(EditReal{step.key, step.real, less, step.server});
    else
      refuse(step.real, IpvsPart::kReal, *refused);
  }
  void carry_out(const EditReal& step) {
    const auto refused = perform(step);
    if (!refused) return;
    const auto parts = changed_parts(step.from, step.to);
    if (parts.size() == 1)
      refuse(step.real, parts.front(), *refused);
    else
      edit_by_parts(step);
    // The kernel does not let us quiet it: then it has to go.
    if (task_.dead.contains(step.real) && gets_connections(repair_.there, step.real))
      (void)perform(DeleteReal{step.key, step.real});
  }
  void carry_out(const DeleteReal& step) {
    const auto refused = perform(step);
    if (!refused) return;
    refuse(step.real, IpvsPart::kReal, *refused);
    if (!task_.dead.contains(step.real) || !gets_connections(repair_.there, step.real)) return;
    auto quiet = repair_.there->reals.at(step.real);
    quiet.weight = 0;
    (void)perform(EditReal{step.key, step.real, repair_.there->reals.at(step.real), quiet});
  }

  bool add_lesser(const AddService& step) {
    return std::ranges::any_of(lesser(step.key, step.service), [&](const auto& service) {
      return !perform(AddService{step.key, service});
    });
  }

  void edit_by_parts(const ServiceKey& key, const Service& to) {
    for (const auto part : changed_parts(without_reals(*repair_.there), to)) {
      const auto now = without_reals(*repair_.there);
      if (const auto refused = perform(EditService{key, now, with_part(now, part, to)}))
        refuse(part, *refused);
    }
  }
  void edit_by_parts(const EditReal& step) {
    for (const auto part : changed_parts(step.from, step.to)) {
      const auto now = repair_.there->reals.at(step.real);
      if (const auto refused = perform(EditReal{step.key, step.real, now, with_part(now, part, step.to)}))
        refuse(step.real, part, *refused);
    }
  }

  // Why not; nullopt when the kernel took it.
  std::optional<Error> perform(const ServiceStep& step) {
    if (auto done = kernel_.perform(step); !done) {
      refused_ = step;
      return done.error();
    }
    repair_.there = after(std::move(repair_.there), step);
    repair_.done.emplace_back(step);
    return std::nullopt;
  }

  void refuse(IpvsPart part, const Error& why) {
    std::string meanwhile;
    if (part == IpvsPart::kScheduler)
      meanwhile = fmt::format("served with {} until then", repair_.there->scheduler);
    repair_.refused.push_back({{task_.key, {}, part}, refused_, why, std::move(meanwhile)});
  }
  void refuse(const Endpoint& real, IpvsPart part, const Error& why) {
    repair_.refused.push_back({{task_.key, real, part}, refused_, why, {}});
  }

  const IpvsTask& task_;
  Kernel& kernel_;
  IpvsRepair repair_;
  Step refused_;  // the last
};

}  // namespace

std::vector<std::string> schedulers_instead_of(const std::string& scheduler) {
  std::vector<std::string> order{"wlc", "wrr", "lc", "rr"};
  // These send a client to the same real server again, and clients may rest on it.
  if (scheduler == "sh" || scheduler == "mh") order.insert(order.begin(), {"mh", "sh"});
  if (scheduler == "lblcr" || scheduler == "lblc" || scheduler == "dh")
    order.insert(order.begin(), {"lblc", "dh"});
  std::erase(order, scheduler);
  return order;
}

std::vector<Step> plan_repair(const IpvsTask& task) {
  if (waits_as_a_whole(task)) return {};
  Desired desired;
  desired.journal.services.insert(task.key);
  State there;
  if (task.wanted) desired.state.services.emplace(task.key, target_of(task));
  if (task.there) there.services.emplace(task.key, *task.there);
  auto steps = plan_ipvs(desired, there);
  std::ranges::stable_partition(steps, [&](const Step& step) { return protects(step, task.dead); });
  return steps;
}

std::vector<IpvsUnit> ipvs_units_of(const Step& step) {
  const auto* service = std::get_if<ServiceStep>(&step);
  return service == nullptr ? std::vector<IpvsUnit>{} : units_of(*service);
}

IpvsRepair repair_ipvs(const IpvsTask& task, Kernel& kernel) {
  return Repair(task, kernel).run();
}

}  // namespace hawser
