#include "bondctl/guard.h"

#include "lib/control/json.h"

namespace hawser::bondctl {

Guard read_guard(const boost::json::value& status) {
  const auto& guard = control::value_in(status, "guard");
  Guard result{control::text_in(guard, "state"),
               control::number_in(guard, "switches"),
               control::text_in(guard, "last"),
               {}};
  for (const auto& bond : control::list_in(status, "bonds"))
    if (control::flag_in(bond, "guarded")) result.bonds.insert(control::text_in(bond, "name"));
  return result;
}

}  // namespace hawser::bondctl
