#include "bondctl/change/may_change.h"

#include <cerrno>
#include <thread>

#include <boost/json.hpp>

#include "lib/control/client.h"
#include "lib/control/json.h"

namespace hawser::bondctl {

Status is_ours_to_change(const std::filesystem::path& runtime_dir, const std::string& bond) {
  const auto status = control::ask_json(runtime_dir / "netd.sock", {"GET", "/v1/status", ""});
  if (!status) {
    const auto runs = NamespaceLock::held("netd");
    if (control::not_running(status.error()) && !runs) return {};
    return fail("{}: nothing changed: {}: whether it keeps this bond is not known", bond,
                runs ? *runs : status.error().text);
  }
  for (const auto& kept : control::list_in(*status, "bonds"))
    if (control::text_in(kept, "name") == bond)
      return fail(
          "{}: nothing changed: netd keeps it as the file says: change [bond.{}] in {} and run 'netd reload'",
          bond, bond, control::text_in(control::value_in(*status, "config"), "file"));
  return {};
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
