#include "lbctl/connections_verb.h"

#include <cerrno>

#include <boost/json.hpp>

#include "lib/base/atomic_file.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

constexpr const char* kConnectionsFile = "/proc/net/ip_vs_conn";

// Some hundred bytes each: ten million connections.
constexpr std::size_t kMostOfThem = std::size_t{1} << 30U;

}  // namespace

Result<Connections> connections_of_kernel() {
  const auto text = read_file(kConnectionsFile, kMostOfThem);
  if (text) return read_connections(*text);
  if (text.error().code == ENOENT) return fail("no connections: IPVS is not loaded (modprobe ip_vs)");
  return tl::unexpected(text.error());
}

int connections_verb(const cli::Arguments& arguments) {
  const auto filter = ConnectionFilter::parse(arguments.words);
  if (!filter) {
    cli::refuse(arguments, "lbctl connections", filter.error());
    return kUsage;
  }
  auto connections = connections_of_kernel();
  if (!connections) return cli::refuse(arguments, "lbctl", connections.error());
  std::erase_if(connections->list, [&](const Connection& one) { return !filter->wants(one); });
  cli::print(arguments.json ? control::pretty(to_json(*connections))
                            : render(*connections, cli::terminal_width()));
  return kDone;
}

}  // namespace hawser::lbctl
