#include "lbctl/import/table.h"

#include <optional>

#include "lbctl/import/draft.h"
#include "lbctl/import/service_writer.h"
#include "lbctl/rules/write.h"
#include "lib/base/find_in.h"
#include "lib/plan/ipvs_host_steps.h"

namespace hawser::lbctl {

namespace {

// A name in place of a file and a line.
Origin origin_of(std::string name, std::string rule) {
  return {{std::move(name), 0}, std::move(rule)};
}

std::string name_of_real(const KnownNames& names, const ServiceKey& key, const Endpoint& real) {
  const auto* of_service = find_in(names.reals, key);
  const auto* name = of_service == nullptr ? nullptr : find_in(*of_service, real);
  return name == nullptr || *name == to_string(real) ? std::string() : *name;
}

ForeignService foreign(const ServiceKey& key, const Service& service, const KnownNames& names) {
  const auto text = to_string(key);
  ForeignService made{key, service, origin_of(text, service_rule(key, service)), {}, {}};
  if (const auto* name = find_in(names.services, key)) made.name = *name;
  for (const auto& [real, server] : service.reals)
    made.reals.push_back(
        {real, server, origin_of(fmt::format("{}: real server {}", text, real), real_rule(key, real, server)),
         name_of_real(names, key, real)});
  made.service.reals.clear();
  return made;
}

// What [ipvs] sync has to be for both to be as they are; a backup's maxlen may be more than it was told.
std::optional<SyncDaemon> one_for_both(const SyncDaemon& master, const SyncDaemon& backup) {
  if (settled(master, SyncRole::kBackup, backup) == backup) return master;
  return std::nullopt;
}

void say_daemons(const std::map<SyncRole, SyncDaemon>& daemons, Draft& draft) {
  const auto origin = [](SyncRole role, const SyncDaemon& daemon) {
    return origin_of(fmt::format("sync {}", name_of(role)), daemon_rule(role, daemon));
  };
  const auto* master = find_in(daemons, SyncRole::kMaster);
  const auto* backup = find_in(daemons, SyncRole::kBackup);
  const auto both = master != nullptr && backup != nullptr ? one_for_both(*master, *backup) : std::nullopt;
  if (both) return write_sync(*both, origin(SyncRole::kMaster, *master), draft);
  for (const auto& [role, daemon] : daemons)
    draft.leave_out(origin(role, daemon),
                    daemons.size() == 1 ? "it runs alone, and [ipvs] sync starts master and backup"
                                        : "it differs from the other daemon, and [ipvs] sync is for both");
}

}  // namespace

Imported table_as_toml(const State& state, const KnownNames& names) {
  if (state.services.empty() && state.ipvs.daemons.empty()) return {};  // no file has timeouts alone
  Draft draft;
  if (const auto& timeouts = state.ipvs.timeouts)
    write_timeouts(*timeouts, origin_of("timeouts", timeouts_rule(*timeouts)), draft);
  say_daemons(state.ipvs.daemons, draft);
  for (const auto* entry : in_order_of_ipvsadm(state.services))
    write_service(foreign(entry->first, entry->second, names), draft);
  return draft.finish();
}

}  // namespace hawser::lbctl
