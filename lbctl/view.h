// The kernel's table and netd's knowledge joined: what `lbctl show` shows. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lbctl/netd_view.h"
#include "lib/state/observed.h"

namespace hawser::lbctl {

struct RealView {
  std::optional<RealServer> server;  // nullopt: netd has it, the kernel does not
  RealStatus status;
  std::optional<NetdReal> netd;  // nullopt: netd does not know it, or did not answer

  bool operator==(const RealView&) const = default;
};

struct ServiceView {
  std::optional<Service> service;  // without reals; nullopt: netd has it, the kernel does not
  Traffic traffic, rate;
  std::string name;       // netd's; empty: netd does not know it, or did not answer
  std::string scheduler;  // the kernel's, else netd's
  std::map<Endpoint, RealView> reals;

  bool operator==(const ServiceView&) const = default;
};

struct View {
  std::map<ServiceKey, ServiceView> services;
  bool netd_answered = false;
  std::string netd_silence;  // why it did not
  bool has_ipvs = true;      // the kernel has ip_vs loaded in this namespace
};

View join(const Observed& observed, const std::optional<NetdView>& netd);

}  // namespace hawser::lbctl
