#include "lib/netlink/netlink_kernel.h"

#include <cerrno>
#include <cstring>

#include "lib/netlink/explain.h"

namespace hawser {

namespace {

tl::unexpected<Error> cannot_read_ipvs(const Error& why) {
  if (why.code == EPERM) return fail_with(EPERM, "ipvs: read services: not permitted: {}", nl::kIpvsRight);
  return fail_with(why.code, "ipvs: read services: {}",
                   why.text.empty() ? std::strerror(why.code) : why.text);
}

tl::unexpected<Error> cannot_read_nft(const Error& why) {
  if (why.code == EPERM) return fail_with(EPERM, "nftables: read table: not permitted: needs CAP_NET_ADMIN");
  return fail_with(why.code, "nftables: read table: {}",
                   why.text.empty() ? std::strerror(why.code) : why.text);
}

Status in_words(const Step& step, Status status) {
  if (status) return status;
  const auto& refusal = status.error();
  return fail_with(refusal.code, "{}: {}", describe(step), nl::explain(step, refusal, nl::has_net_admin()));
}

// Those at the beginning that add to IPVS's services: the order of these does not matter where one is refused
// and tried once more behind others. What changes or takes away keeps its place.
std::vector<const ServiceStep*> leading_additions(std::span<const Step* const> steps) {
  std::vector<const ServiceStep*> leading;
  for (const auto* step : steps) {
    if (!is<AddService>(*step) && !is<AddReal>(*step)) break;
    leading.push_back(&std::get<ServiceStep>(*step));
  }
  return leading;
}

}  // namespace

Result<NetlinkKernel> NetlinkKernel::open(nl::Dialect dialect) {
  auto network = nl::Network::open(std::move(dialect));
  if (!network) return tl::unexpected(network.error());
  auto ipvs = nl::Ipvs::open();
  if (!ipvs) return tl::unexpected(ipvs.error());
  return NetlinkKernel{std::move(*network), std::move(*ipvs)};
}

Result<Observed> NetlinkKernel::observe(const Scope& scope) {
  Observed observed;
  if (scope.has(Look::kLinks))
    if (const auto status = network_.observe(observed, scope.has(Look::kRoutes)); !status)
      return tl::unexpected(status.error());
  if (scope.has(Look::kIpvs))
    if (const auto status = ipvs_.observe(observed, scope.services, scope.has(Look::kTraffic)); !status)
      return cannot_read_ipvs(status.error());
  if (scope.has(Look::kIpvsHost))
    if (const auto status = ipvs_.observe_host(observed); !status) return cannot_read_ipvs(status.error());
  if (scope.has(Look::kNft)) {
    auto table = nft_.observe();
    if (!table) return cannot_read_nft(table.error());
    observed.state.nft = std::move(*table);
  }
  return observed;
}

Status NetlinkKernel::perform(const Step& step) {
  return in_words(step, std::visit(Overloaded{
                                       [&](const ServiceStep& one) { return ipvs_.perform(one); },
                                       [&](const IpvsHostStep& one) { return ipvs_.perform(one); },
                                       [&](const NftStep& one) { return nft_.perform(one); },
                                       [&](const auto& one) { return network_.perform(one); },
                                   },
                                   step));
}

std::vector<Status> NetlinkKernel::perform_each(std::span<const Step* const> steps) {
  std::vector<Status> all;
  all.reserve(steps.size());
  while (all.size() < steps.size()) {
    const auto& next = *steps[all.size()];
    const auto together = leading_additions(steps.subspan(all.size()));
    if (together.empty()) all.push_back(perform(next));
    for (auto& status : ipvs_.perform_each(together))
      all.push_back(in_words(*steps[all.size()], std::move(status)));
  }
  return all;
}

}  // namespace hawser
