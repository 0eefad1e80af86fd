// A small site for netd's tests: service web on 192.0.2.100:80 (and 2001:db8::100) with real servers web1 and
// web2, each probed by check "site".
#pragma once

#include "lib/config/config.h"
#include "probes/health.h"
#include "probes/probe.h"

namespace hawser::site {

inline ServiceKey key(const std::string& text) {
  return *ServiceKey::parse(text);
}
inline Endpoint at(const std::string& text) {
  return *Endpoint::parse(text);
}
inline const ServiceKey kWeb = key("tcp 192.0.2.100:80");
inline const Endpoint kWeb1 = at("198.51.100.21:8080");
inline const Endpoint kWeb2 = at("198.51.100.22:8080");

inline probes::ProbeKey probe(const Endpoint& target, const std::string& check = "site") {
  return {check, target};
}

inline config::Real real(const std::string& name, const std::string& address,
                         const std::vector<std::string>& checks = {"site"}) {
  config::Real result;
  result.name = name;
  result.addresses = {*IpAddress::parse(address)};
  result.port = 8080;
  result.server.weight = 100;
  result.checks = checks;
  return result;
}

inline config::Check check(const std::string& name) {
  config::Check result;
  result.name = name;
  result.fall = 3;
  result.rise = 2;
  return result;
}

inline config::Config web() {
  config::Config config;
  config.checks["site"] = check("site");
  config::Pool pool;
  pool.name = "web";
  pool.reals = {real("web1", "198.51.100.21"), real("web2", "198.51.100.22")};
  config.pools["web"] = pool;
  config::VirtualService service;
  service.name = "web";
  service.keys = {kWeb};
  service.pool = "web";
  service.service.netmask = 32;
  config.services["web"] = service;
  return config;
}

inline probes::Verdict good() {
  return {probes::Outcome::kGood, "status 200"};
}
inline probes::Verdict bad() {
  return {probes::Outcome::kBad, "connect: Connection refused"};
}

}  // namespace hawser::site
