#include "bondctl/show/save_verb.h"

#include <boost/json.hpp>

#include "bondctl/show/save.h"
#include "bondctl/show/view.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/explain.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::bondctl {

int save_verb(const cli::Arguments& arguments) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "bondctl", kernel.error());
  const auto observed = kernel->observe(kNetworkOnly);
  if (!observed) return cli::refuse(arguments, "bondctl", observed.error());
  const auto bonds = choose(*observed, arguments.words.empty() ? std::string{} : arguments.words.front());
  if (!bonds) return cli::refuse(arguments, "bondctl", bonds.error());
  auto [text, left_out] = save(*observed, *bonds);
  if (!nl::has_net_admin())
    left_out.emplace_back(
        "ad_actor_sys_prio, ad_user_port_key, ad_actor_system: the kernel shows them to root only");
  if (!arguments.json) {
    for (const auto& one : left_out) cli::say(fmt::format("bondctl: left out: {}", one));
    cli::print(text);
    return kDone;
  }
  boost::json::array list;
  for (const auto& one : left_out) list.emplace_back(one);
  cli::print(control::pretty({{"format", 1}, {"toml", text}, {"left_out", std::move(list)}}));
  return kDone;
}

}  // namespace hawser::bondctl
