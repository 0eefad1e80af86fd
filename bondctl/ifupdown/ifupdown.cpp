#include "bondctl/ifupdown/ifupdown.h"

#include <fstream>
#include <thread>

#include <net/if.h>
#include <unistd.h>

#include "bondctl/change/change.h"
#include "bondctl/change/may_change.h"
#include "bondctl/ifupdown/hook.h"
#include "bondctl/ifupdown/run_program.h"
#include "lib/base/find_in.h"
#include "lib/cli/output.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/plan/apply.h"
#include "lib/reconcile/device_paths.h"
#include "lib/reconcile/patient_kernel.h"
#include "lib/reconcile/put_back.h"

namespace hawser::bondctl {

namespace {

constexpr Milliseconds kForTheLock{20'000};  // cards that are plugged in at once come one after the other
constexpr Milliseconds kForCarrier{5'000};   // of a port that is to be the active one
constexpr Milliseconds kBetweenLooks{100};
constexpr const char* kOfIfenslave = "/etc/network/if-pre-up.d/ifenslave";

Environment environment_of_this_process() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

int complain(std::string_view text) {
  return cli::complain("bondctl", text);
}

// Both sets of hooks would set the ports down that the other one has just added.
bool is_left_to_ifenslave(const HookCall& call) {
  if (::access(kOfIfenslave, X_OK) != 0) return false;
  if (call.phase == Phase::kPreUp)
    complain(
        fmt::format("{}: left to ifenslave, whose hooks are in /etc/network too: 'apt-get purge ifenslave' "
                    "leaves it to hawser",
                    call.interface));
  return true;
}

// --- ifup, ifdown, ifquery ---

bool succeeds(std::vector<std::string> words) {
  const auto ran = run_program(std::move(words), Output::kKept);
  return ran && ran->status == 0;
}

bool has_stanza(const std::string& interface) {
  return succeeds({"ifquery", interface});
}

bool is_configured(const std::string& interface) {
  return succeeds({"ifquery", "--state", interface});
}

// As ifquery prints it: "bond-master: bond0".
bool has_master(const std::string& interface, const std::string& bond) {
  const auto ran = run_program({"ifquery", interface}, Output::kKept);
  return ran && ran->status == 0 &&
         fmt::format("\n{}", ran->text).find(fmt::format("\nbond-master: {}\n", bond)) != std::string::npos;
}

Status run_shown(const HookCall& call, std::vector<std::string> words) {
  if (call.verbose) words.insert(words.begin() + 1, "-v");
  const auto name = fmt::format("{} {}", words.front(), words.back());
  const auto ran = run_program(std::move(words), Output::kShown);
  if (!ran) return tl::unexpected(ran.error());
  return ran->status == 0 ? Status{} : fail("{}: exit status {}", name, ran->status);
}

// --- the kernel ---

using Ports = std::map<std::string, BondPort>;

Ports ports_of(const Observed& observed, const std::string& bond) {
  const auto* link = find_in(observed.state.links, bond);
  return link != nullptr && link->bond ? link->bond->ports : Ports{};
}

// One change of one bond, alone.
class HookWork {
 public:
  using Ask = std::function<Asked(const Observed&)>;

  static Result<HookWork> begin(const cli::Arguments& arguments, const HookCall& call, std::string bond) {
    auto lock = alone(bond, kForTheLock);
    if (!lock) return tl::unexpected(lock.error());
    auto kept = kept_by_netd(arguments.runtime_dir, bond);
    if (!kept) return tl::unexpected(kept.error());
    if (const auto why = kept->why(bond); !why.empty()) return fail("{}", why);
    auto kernel = NetlinkKernel::open();
    if (!kernel) return tl::unexpected(kernel.error());
    HookWork work(call, std::move(bond), std::move(*lock), std::move(*kernel), std::move(*kept));
    if (auto looked = work.look(); !looked) return tl::unexpected(looked.error());
    return work;
  }

  [[nodiscard]] const Observed& observed() const { return observed_; }

  // As the module makes it by itself: what the stanza leaves unset, the module's parameters say.
  Status make() {
    if (observed_.state.links.contains(bond_)) return {};
    Link bare;
    bare.kind = LinkKind::kBond;
    if (auto made = kernel_.perform(LinkStep{CreateLink{bond_, bare}}); !made) return made;
    made_ = true;
    if (call_.verbose) cli::print(fmt::format("{}: create bond\n", bond_));
    return look();
  }

  int change(const Ask& ask) {
    const auto asked = ask(observed_);
    auto change = set(observed_, bond_, asked.edits, devices_by_path);
    leave_to_netd(change, observed_, kept_);
    for (const auto& problem : change.problems) complain(problem);
    if (!change.problems.empty()) return give_up();
    for (const auto& note : asked.notes) complain(fmt::format("{}: {}", bond_, note));
    for (const auto& note : change.notes) complain(note);
    return apply_all(change.desired);
  }

  int remove() {
    const auto change = bondctl::remove(observed_, bond_);
    for (const auto& problem : change.problems) complain(problem);
    return change.problems.empty() ? apply_all(change.desired) : kRefused;
  }

  int give_up() {
    if (made_)
      if (auto gone = kernel_.perform(LinkStep{DeleteLink{bond_, LinkKind::kBond}}); !gone)
        complain(gone.error().text);
    return kRefused;
  }

  // Who has one is told of it by the kernel or by the stanza; a bond without any never fails over.
  void note_no_monitor() const {
    const auto& bond = *observed_.state.links.at(bond_).bond;
    if (bond.get(BondOption::kMiimon) == 0 && bond.get(BondOption::kArpInterval) == 0)
      complain(fmt::format(
          "{}: nothing monitors its ports, and one that dies is not left: write bond-miimon 100", bond_));
  }

 private:
  HookWork(const HookCall& call, std::string bond, NamespaceLock lock, NetlinkKernel kernel, KeptByNetd kept)
      : call_(call),
        bond_(std::move(bond)),
        lock_(std::move(lock)),
        kernel_(std::move(kernel)),
        kept_(std::move(kept)) {}

  Status look() {
    auto observed = kernel_.observe(kNetworkOnly);
    if (!observed) return tl::unexpected(observed.error());
    observed_ = std::move(*observed);
    return {};
  }

  // ifupdown itself sets the bond up, and several may run at once: set() leaves that alone.
  int apply_all(const Desired& desired) {
    PatientKernel patient(kernel_);
    const auto planned = plan_network(desired, observed_.state);
    const auto applied = apply(desired, patient, Rollback::kEverything, kNetworkOnly);
    if (!applied || !applied->refused.empty())
      if (auto back = put_back(patient, observed_, planned, Owner::kNone); !back) complain(back.error().text);
    if (!applied) return complain(applied.error().text), give_up();
    if (call_.verbose)
      for (const auto& step : applied->done) cli::print(describe(step) + "\n");
    for (const auto& refusal : applied->refused) complain(refusal.why.text);
    for (const auto& step : applied->futile)
      complain(fmt::format("{}: taken, and to no effect", describe(step)));
    if (!applied->complete()) return give_up();
    const auto looked = look();
    return looked ? kDone : complain(looked.error().text);
  }

  const HookCall& call_;
  std::string bond_;
  NamespaceLock lock_;
  NetlinkKernel kernel_;
  KeptByNetd kept_;
  Observed observed_;
  bool made_ = false;
};

// --- pre-up ---

// Those that are there, and those whose ifup has called this one: with its first port the bond has a carrier,
// which DHCP waits for.
std::set<std::string> ports_with_a_stanza(const Observed& observed, const HookCall& call) {
  const auto there = ports_of(observed, call.interface);
  std::set<std::string> own;
  for (const auto& [name, link] : observed.state.links) {
    const bool is_asked = call.is_at_work_on(name) && name != call.interface;
    if ((is_asked || there.contains(name)) && has_master(name, call.interface)) own.insert(name);
  }
  return own;
}

// A stanza of a port that is for this bond ("allow-bond0 wlan0") is brought up along with it. What fails
// there is that port's, and the bond has others.
void bring_up_with(const HookCall& call, const Ports& before, const Ports& after) {
  for (const auto& [port, settings] : after)
    if (!before.contains(port) && !call.is_at_work_on(port))
      if (auto up = run_shown(call, {"ifup", "--allow", call.interface, port}); !up)
        complain(fmt::format("{}: {}", call.interface, up.error().text));
}

int make_bond(const cli::Arguments& arguments, const HookCall& call) {
  Ports before, after;
  {
    auto work = HookWork::begin(arguments, call, call.interface);
    if (!work) return complain(work.error().text);
    before = ports_of(work->observed(), call.interface);
    if (auto made = work->make(); !made) return complain(made.error().text);
    const int status = work->change([&](const Observed& observed) {
      return ask_for_bond(observed, call, ports_with_a_stanza(observed, call));
    });
    if (status != kDone) return status;
    work->note_no_monitor();
    after = ports_of(work->observed(), call.interface);
  }
  bring_up_with(call, before, after);
  return kDone;
}

Status bring_up_master(const HookCall& call) {
  const auto& master = call.stanza.master;
  if (call.is_at_work_on(master) || is_configured(master)) return {};
  return run_shown(call, {"ifup", master});
}

// Another ifup may be at it: a master counts as configured from the moment that its ifup begins.
void await_bond(const std::string& master) {
  for (auto left = kForTheLock; left >= kBetweenLooks && ::if_nametoindex(master.c_str()) == 0;
       left -= kBetweenLooks)
    std::this_thread::sleep_for(kBetweenLooks);
}

int join(const cli::Arguments& arguments, const HookCall& call) {
  const auto& master = call.stanza.master;
  if (!has_stanza(master))
    return complain(fmt::format("{}: bond-master: there is no stanza of {}", call.interface, master));
  // As ifenslave has it: where the master came only half way (no address to be had), its ports join all the
  // same.
  if (auto up = bring_up_master(call); !up)
    complain(up.error().text);
  else
    await_bond(master);
  auto work = HookWork::begin(arguments, call, master);
  if (!work) return complain(work.error().text);
  return work->change([&](const Observed& observed) { return ask_to_join(observed, call); });
}

int pre_up(const cli::Arguments& arguments, const HookCall& call) {
  if (!call.stanza.master.empty()) return join(arguments, call);
  if (call.stanza.makes_bond()) return make_bond(arguments, call);
  for (const auto& wrong : call.stanza.edits.wrong) complain(fmt::format("{}: {}", call.interface, wrong));
  return call.stanza.edits.wrong.empty() ? kDone : kRefused;
}

// --- up ---

Status make_active(NetlinkKernel& kernel, const HookCall& call) {
  const auto port = call.stanza.active == "none" ? std::string() : call.stanza.active;
  std::string why;
  for (auto left = kForCarrier; left >= kBetweenLooks; left -= kBetweenLooks) {
    const auto observed = kernel.observe(kLinksOnly);
    if (!observed) return tl::unexpected(observed.error());
    if (const auto* link = find_in(observed->links, call.interface);
        link != nullptr && link->active_port == port)
      return {};
    why = port.empty() ? std::string() : why_not_active(*observed, call.interface, port);
    if (why.empty()) return kernel.perform(BondStep{SetActivePort{call.interface, port}});
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return fail("{}: bond-active-slave: {}", call.interface, why.substr(call.interface.size() + 2));
}

bool is_operational(const std::string& interface) {
  std::string state;
  std::ifstream("/sys/class/net/" + interface + "/operstate") >> state;
  return state == "up";
}

int give_a_chance(const cli::Arguments& arguments, const HookCall& call) {
  const auto primary_is = [&](const std::string& bond, const std::string& port) {
    auto work = HookWork::begin(arguments, call, bond);
    if (!work) return complain(work.error().text);
    return work->change([&](const Observed&) {
      Asked asked;
      asked.edits.said_as = SaidAs::kStanza;
      asked.edits.good.push_back({"primary", Edit::How::kSet, port.empty() ? "none" : port});
      return asked;
    });
  };
  auto kernel = NetlinkKernel::open();
  if (!kernel) return complain(kernel.error().text);
  const auto observed = kernel->observe(kLinksOnly);
  if (!observed) return complain(observed.error().text);
  const auto* link = find_in(observed->state.links, call.interface);
  const auto* bond = link == nullptr ? nullptr : find_in(observed->state.links, link->master);
  if (bond == nullptr || !bond->bond)
    return complain(fmt::format("{}: bond-give-a-chance: it is no port of a bond", call.interface));
  const auto before = bond->bond->primary;
  if (const int status = primary_is(link->master, call.interface); status != kDone) return status;
  for (auto left = *call.stanza.chance; left > Milliseconds{0} && !is_operational(call.interface);
       left -= kBetweenLooks)
    std::this_thread::sleep_for(kBetweenLooks);
  return primary_is(link->master, before);
}

int up(const cli::Arguments& arguments, const HookCall& call) {
  if (call.stanza.makes_bond() && !call.stanza.active.empty()) {
    auto kernel = NetlinkKernel::open();
    if (!kernel) return complain(kernel.error().text);
    if (auto made = make_active(*kernel, call); !made) return complain(made.error().text);
  }
  return call.stanza.chance ? give_a_chance(arguments, call) : kDone;
}

// --- post-down ---

int leave(const cli::Arguments& arguments, const HookCall& call, const std::string& bond) {
  auto work = HookWork::begin(arguments, call, bond);
  if (!work) return call.stanza.says_nothing() ? kDone : complain(work.error().text);
  return work->change([&](const Observed& observed) { return ask_to_leave(observed, call, bond); });
}

// Ports that have a stanza of their own go down by it, which frees them.
int remove_bond(const cli::Arguments& arguments, const HookCall& call, const Ports& ports) {
  int status = kDone;
  for (const auto& [port, settings] : ports)
    if (!call.is_at_work_on(port) && is_configured(port))
      if (auto down = run_shown(call, {"ifdown", port}); !down) status = complain(down.error().text);
  auto work = HookWork::begin(arguments, call, call.interface);
  if (!work) return complain(work.error().text);
  return std::max(status, work->remove());
}

int post_down(const cli::Arguments& arguments, const HookCall& call) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return complain(kernel.error().text);
  const auto observed = kernel->observe(kLinksOnly);
  if (!observed) return complain(observed.error().text);
  const auto* link = find_in(observed->state.links, call.interface);
  if (link == nullptr) return kDone;
  const auto* master = find_in(observed->state.links, link->master);
  if (master != nullptr && master->bond) return leave(arguments, call, link->master);
  // A stanza without a word of bonds did not make it: the address of the other family, or somebody else's
  // bond.
  if (!link->bond || !call.stanza.makes_bond()) return kDone;
  return remove_bond(arguments, call, link->bond->ports);
}

}  // namespace

int ifupdown_verb(const cli::Arguments& arguments) {
  const auto call = read_call(environment_of_this_process());
  if (!call) return complain(call.error().text), kUsage;
  if (!*call) return kDone;
  const auto& one = **call;
  const bool is_ours = one.phase == Phase::kPostDown || !one.stanza.says_nothing();
  if (is_ours && is_left_to_ifenslave(one)) return kDone;
  switch (one.phase) {
    case Phase::kPreUp:
      return pre_up(arguments, one);
    case Phase::kUp:
      return up(arguments, one);
    case Phase::kPostDown:
      return post_down(arguments, one);
  }
  return kDone;
}

}  // namespace hawser::bondctl
