// What somebody else made is in the way: it is named, never removed.
#include <algorithm>

#include "lib/plan/draft.h"
#include "lib/plan/object.h"
#include "lib/plan/plan.h"

namespace hawser {

namespace {

std::string make_of(const Link& link) {
  if (link.vlan) return fmt::format("vlan {} on {}", link.vlan->id, link.vlan->on);
  if (link.kind == LinkKind::kVrf) return fmt::format("VRF of table {}", link.vrf_table);
  if (link.kind == LinkKind::kPhysical) return "network card";
  if (link.kind == LinkKind::kOther) return "device of another kind";
  return std::string(name_of(link.kind));
}

class Foreign {
 public:
  Foreign(const Desired& desired, const State& observed) : desired_(desired), observed_(observed) {}

  std::vector<Refusal> find() {
    for (const auto& [name, link] : desired_.state.links) {
      if (is_made_by_us(link.kind)) look_at_name(name, link);
      if (link.bond)
        for (const auto& port : joining_order(*link.bond, JoinFor::kPreference)) look_at_place(port, name);
      if (!link.master.empty() && bond_of(desired_.state, name).empty()) look_at_place(name, link.master);
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool is_ours(const std::string& name) const {
    return desired_.state.links.contains(name) || desired_.journal.links.contains(name);
  }

  void refuse(Step step, std::string text) {
    auto object = unit_of(step, desired_.state, observed_);
    found_.push_back({std::move(object), std::move(step), Error{std::move(text), EEXIST}, {}});
  }

  void look_at_name(const std::string& name, const Link& wanted) {
    const auto there = observed_.links.find(name);
    if (there == observed_.links.end() || is_same_make(wanted, there->second)) return;
    if (desired_.journal.links.contains(name)) return;
    const auto what = make_of(there->second);
    const bool removable = there->second.kind != LinkKind::kPhysical;
    refuse(CreateLink{name, wanted},
           fmt::format("{}: is a {} that netd did not make: rename the section{}", name, what,
                       removable ? fmt::format(", or remove that: ip link delete {}", name) : std::string{}));
  }

  void look_at_place(const std::string& name, const std::string& wanted) {
    const auto there = observed_.links.find(name);
    if (there == observed_.links.end()) return;
    const auto& master = there->second.master;
    if (master.empty() || master == wanted || is_ours(master)) return;
    const bool is_port = desired_.state.links.contains(wanted) && desired_.state.links.at(wanted).bond;
    refuse(
        SetMaster{name, master, wanted},
        fmt::format("{}: {} {}: it is in {}, which netd did not make: take it out (ip link set {} nomaster) "
                    "or change the file",
                    wanted, is_port ? "add port" : "add", name, master, name));
  }

  const Desired& desired_;
  const State& observed_;
  std::vector<Refusal> found_;
};

}  // namespace

std::vector<Refusal> foreign_in_the_way(const Desired& desired, const State& observed) {
  if (desired.owner != Owner::kNetd) return {};
  return Foreign(desired, observed).find();
}

}  // namespace hawser
