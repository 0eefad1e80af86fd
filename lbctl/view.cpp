#include "lbctl/view.h"

namespace hawser::lbctl {

namespace {

ServiceView from_kernel(const Service& service, const ServiceStatus& status) {
  ServiceView view;
  view.service = service;
  view.service->reals.clear();
  view.traffic = status.traffic;
  view.rate = status.rate;
  view.scheduler = service.scheduler;
  for (const auto& [endpoint, server] : service.reals) {
    auto& real = view.reals[endpoint];
    real.server = server;
    if (const auto found = status.reals.find(endpoint); found != status.reals.end())
      real.status = found->second;
  }
  return view;
}

void add(ServiceView& view, const NetdService& netd) {
  view.name = netd.name;
  if (view.scheduler.empty()) view.scheduler = netd.scheduler;
  for (const auto& [endpoint, real] : netd.reals) view.reals[endpoint].netd = real;
}

}  // namespace

View join(const Observed& observed, const std::optional<NetdView>& netd) {
  View view;
  for (const auto& [key, service] : observed.state.services) {
    const auto status = observed.services.find(key);
    view.services[key] =
        from_kernel(service, status == observed.services.end() ? ServiceStatus{} : status->second);
  }
  view.netd_answered = netd.has_value();
  if (netd)
    for (const auto& [key, service] : *netd) add(view.services[key], service);
  return view;
}

}  // namespace hawser::lbctl
