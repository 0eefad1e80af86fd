#include "lbctl/change/owner.h"

#include "lib/base/find_in.h"
#include "lib/config/engine/value.h"
#include "lib/control/client.h"
#include "lib/control/json.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/reconcile/directories.h"
#include "lib/reconcile/journal_file.h"

namespace hawser::lbctl {

std::string KeptServices::why(const ServiceKey& key) const {
  if (const auto* name = find_in(names, key))
    return fmt::format(
        "{}: nothing changed: netd keeps it as the file says: change [service.{}] in {} and run 'netd "
        "reload'",
        key, config::toml_key(*name), file);
  if (made.contains(key))
    return fmt::format(
        "{}: nothing changed: netd made it and counts it as its own: change the file and run "
        "'netd apply', or 'netd reload' where it runs",
        key);
  return {};
}

KeptServices kept_in(const boost::json::value& status, std::set<ServiceKey> made) {
  KeptServices kept{control::text_in(control::value_in(status, "config"), "file"), {}, std::move(made)};
  for (const auto& service : control::list_in(status, "services"))
    if (const auto key = ServiceKey::parse(control::text_in(service, "virtual")))
      kept.names[*key] = control::text_in(service, "name");
  return kept;
}

Result<KeptServices> kept_services(const cli::Arguments& arguments) {
  auto made = read_journal(arguments);
  if (!made) return tl::unexpected(made.error());
  const auto status = control::ask_json(netd_socket(arguments), {"GET", "/v1/status", ""});
  if (status) return kept_in(*status, std::move(made->names.services));
  const auto runs = NamespaceLock::held("netd");
  if (control::not_running(status.error()) && !runs)
    return KeptServices{{}, {}, std::move(made->names.services)};
  return fail("nothing changed: {}: which services it keeps is not known",
              runs ? *runs : status.error().text);
}

}  // namespace hawser::lbctl
