#include "lbctl/connections_verb.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <boost/json.hpp>

#include "lbctl/connections.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

constexpr const char* kConnectionsFile = "/proc/net/ip_vs_conn";

Result<std::string> connections_text() {
  std::ifstream in(kConnectionsFile, std::ios::binary);
  if (in) return std::string(std::istreambuf_iterator<char>(in), {});
  if (errno == ENOENT) return fail("no connections: IPVS is not loaded (modprobe ip_vs)");
  return fail_with(errno, "{}: read: {}", kConnectionsFile, std::strerror(errno));
}

}  // namespace

int connections_verb(const cli::Arguments& arguments) {
  const auto filter = ConnectionFilter::parse(arguments.words);
  if (!filter) {
    cli::refuse(arguments, "lbctl connections", filter.error());
    return kUsage;
  }
  const auto text = connections_text();
  if (!text) return cli::refuse(arguments, "lbctl", text.error());
  auto connections = read_connections(*text);
  std::erase_if(connections.list, [&](const Connection& one) { return !filter->wants(one); });
  cli::print(arguments.json ? control::pretty(to_json(connections))
                            : render(connections, cli::terminal_width()));
  return kDone;
}

}  // namespace hawser::lbctl
