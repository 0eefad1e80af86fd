#include "bondctl/drill/fault.h"

#include <thread>

#include "lib/netlink/port_block.h"

namespace hawser::bondctl::drill {

namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 100ms;

std::string active_of(Kernel& kernel, const std::string& bond) {
  const auto observed = kernel.observe(kLinksOnly);
  if (!observed || !observed->links.contains(bond)) return {};
  return observed->links.at(bond).active_port;
}

// The kernel refuses a port as active one until its monitor has found it up.
Status give_role_back(Kernel& kernel, const Before& before, Milliseconds patience) {
  Status done;
  for (Milliseconds waited{}; waited <= patience; waited += kPause) {
    if (active_of(kernel, before.bond) == before.active) return {};
    done = kernel.perform(SetActivePort{before.bond, before.active});
    if (done) return {};
    std::this_thread::sleep_for(kPause);
  }
  return done;
}

Milliseconds patience_of(Kernel& kernel, const std::string& bond) {
  const auto observed = kernel.observe(kLinksOnly);
  if (!observed) return {};
  const auto found = observed->state.links.find(bond);
  if (found == observed->state.links.end() || !found->second.bond) return {};
  return patience_for_return(*found->second.bond);
}

}  // namespace

Status make_fault(Kernel& kernel, How how, const std::string& bond, const std::string& port) {
  switch (how) {
    case How::kDown:
      return kernel.perform(SetLinkUp{port, false});
    case How::kPath:
      return nl::block_port(port);
    case How::kSwitch:
      return kernel.perform(SetActivePort{bond, port});
  }
  return {};
}

Status mend(Kernel& kernel, How how, const std::string& port) {
  if (how == How::kDown) return kernel.perform(SetLinkUp{port, true});
  return how == How::kPath ? nl::unblock_port() : Status{};
}

Status restore(Kernel& kernel, const Before& before) {
  auto first = nl::unblock_port();
  for (const auto& port : before.ports)
    if (const auto up = kernel.perform(SetLinkUp{port, true}); !up && first) first = up;
  if (before.active.empty()) return first;
  const auto role = give_role_back(kernel, before, patience_of(kernel, before.bond));
  return first ? role : first;
}

}  // namespace hawser::bondctl::drill
