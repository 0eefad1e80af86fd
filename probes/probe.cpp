#include "probes/probe.h"

namespace hawser::probes {

boost::asio::awaitable<Verdict> probe(config::Check check, Endpoint target) {
  return std::visit([&](auto& kind) { return probe_as(std::move(kind), target, check.timeout); }, check.kind);
}

}  // namespace hawser::probes
