#include "bondctl/change/may_change.h"

#include <cerrno>
#include <set>
#include <thread>

#include <boost/json.hpp>

#include "lib/base/find_in.h"
#include "lib/config/engine/value.h"
#include "lib/control/client.h"
#include "lib/control/json.h"

namespace hawser::bondctl {

namespace {

// Its card may be a port of any bond, as long as the section says no more than that it is there.
std::string key_of_link(const boost::json::value& link) {
  auto section = fmt::format("[link.{}]", config::toml_key(control::text_in(link, "name")));
  if (control::text_in(link, "kind") != name_of(LinkKind::kPhysical)) return section;
  std::string keys;
  for (const auto& key : control::list_in(link, "keeps"))
    if (const auto* word = key.if_string())
      keys += fmt::format("{}{}", keys.empty() ? "" : ", ", std::string_view(*word));
  return keys.empty() ? keys : fmt::format("{} of {}", keys, section);
}

// Of all stages.
std::set<std::string> taken_by(const Desired& desired, const Observed& observed) {
  std::set<std::string> taken;
  for (const auto& [name, link] : desired.state.links) {
    if (link.vlan) taken.insert(name);
    if (!link.bond) continue;
    for (const auto& [port, options] : link.bond->ports) {
      const auto* there = find_in(observed.state.links, port);
      if (there == nullptr || there->master != name) taken.insert(port);
    }
  }
  return taken;
}

}  // namespace

std::string KeptByNetd::why(const std::string& device) const {
  const auto* key = find_in(keys, device);
  if (key == nullptr) return {};
  return fmt::format(
      "{}: nothing changed: netd keeps it as the file says: change {} in {} and run 'netd reload'", device,
      *key, file);
}

KeptByNetd kept_in(const boost::json::value& status) {
  KeptByNetd kept{control::text_in(control::value_in(status, "config"), "file"), {}};
  for (const auto& link : control::list_in(status, "links"))
    if (auto key = key_of_link(link); !key.empty())
      kept.keys[control::text_in(link, "name")] = std::move(key);
  for (const auto& bond : control::list_in(status, "bonds")) {
    const auto name = control::text_in(bond, "name");
    const auto section = fmt::format("[bond.{}]", config::toml_key(name));
    kept.keys[name] = section;
    for (const auto& port : control::list_in(bond, "ports"))
      kept.keys[control::text_in(port, "name")] = fmt::format("ports of {}", section);
  }
  return kept;
}

Result<KeptByNetd> kept_by_netd(const std::filesystem::path& runtime_dir, const std::string& bond) {
  const auto status = control::ask_json(runtime_dir / "netd.sock", {"GET", "/v1/status", ""});
  if (status) return kept_in(*status);
  const auto runs = NamespaceLock::held("netd");
  if (control::not_running(status.error()) && !runs) return KeptByNetd{};
  return fail("{}: nothing changed: {}: whether it keeps this bond is not known", bond,
              runs ? *runs : status.error().text);
}

void leave_to_netd(Change& change, const Observed& observed, const KeptByNetd& kept) {
  auto taken = taken_by(change.desired, observed);
  for (const auto& stage : change.then) taken.merge(taken_by(stage.desired, observed));
  for (const auto& device : taken)
    if (auto why = kept.why(device); !why.empty()) change.problems.push_back(std::move(why));
}

Result<NamespaceLock> alone(const std::string& bond, Milliseconds patience) {
  constexpr Milliseconds kPause{50};
  for (;; patience -= kPause) {
    auto lock = NamespaceLock::take("bondctl");
    if (lock || lock.error().code != EADDRINUSE) return lock;
    if (patience <= Milliseconds{0})
      return fail("{}: another bondctl is at work here: try again when it is done", bond);
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace hawser::bondctl
