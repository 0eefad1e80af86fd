#include "bondctl/show/netd_view.h"

#include "lib/control/json.h"

namespace hawser::bondctl {

namespace {

NetdBond read_bond(const boost::json::value& bond) {
  auto why = control::text_in(bond, "unguarded_because");
  if (why.empty() && !control::flag_in(bond, "guarded")) why = "netd does not guard this bond";
  return {std::move(why), control::number_in(bond, "switches"), control::text_in(bond, "last_switch"),
          control::text_in(bond, "last_refusal")};
}

}  // namespace

NetdView read_netd(const boost::json::value& status) {
  const auto& guard = control::value_in(status, "guard");
  NetdView result{control::text_in(guard, "state"),
                  control::number_in(guard, "switches"),
                  control::text_in(guard, "last"),
                  {}};
  for (const auto& bond : control::list_in(status, "bonds"))
    if (const auto name = control::text_in(bond, "name"); !name.empty()) result.bonds[name] = read_bond(bond);
  return result;
}

}  // namespace hawser::bondctl
