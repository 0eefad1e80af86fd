#include "tests/contract/drift.h"

namespace hawser::contract {
namespace {

class IpvsDrift : public HostTest {
 public:
  static State wanted() {
    State state;
    Service service;
    service.scheduler = "wrr";
    service.flags = 0x1;
    service.persistence_timeout = 300;
    service.netmask = 32;
    service.reals[*Endpoint::parse("198.51.100.21:80")] = {Forwarding::kMasquerade, 100, 0, 0, {}};
    service.reals[*Endpoint::parse("198.51.100.22:80")] = {
        Forwarding::kTunnel, 100, 0, 0, {TunnelType::kGue, 6080, 0}};
    state.services[*ServiceKey::parse("tcp 192.0.2.100:80")] = service;
    Service datagrams;
    datagrams.scheduler = "rr";
    datagrams.netmask = 32;
    state.services[*ServiceKey::parse("udp 192.0.2.100:53")] = datagrams;
    return state;
  }
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(IpvsDrift);
INSTANTIATE_TEST_SUITE_P(, IpvsDrift, testing::ValuesIn(real_hosts(Need::kIpvs)), name_of_host);

TEST_P(IpvsDrift, ThePlanNamesExactlyTheAttributeThatIpvsadmChanged) {
  const std::string service = "ipvsadm -E -t 192.0.2.100:80 ";
  const std::string first = "ipvsadm -e -t 192.0.2.100:80 -r 198.51.100.21:80 ";
  const std::string second = "ipvsadm -e -t 192.0.2.100:80 -r 198.51.100.22:80 -w 100 ";
  const std::string web = "tcp 192.0.2.100:80: ";
  const std::string one = "edit real server 198.51.100.21:80: ";
  const std::string two = "edit real server 198.51.100.22:80: ";
  const std::vector<Drift> drifts{
      {service + "-s wlc -p 300", {"tcp 192.0.2.100:80: edit service: scheduler wlc -> wrr"}},
      {service + "-s wrr -p 60", {"tcp 192.0.2.100:80: edit service: persistence 1m -> 5m"}},
      {service + "-s wrr -p 300 -M 255.255.255.0",
       {"tcp 192.0.2.100:80: edit service: persistence_netmask /24 -> /32"}},
      {"ipvsadm -E -u 192.0.2.100:53 -s rr -o", {"udp 192.0.2.100:53: edit service: one_packet on -> off"}},
      {service + "-s wrr", {web + "edit service: persistence none -> 5m"}},
      {first + "-m -w 7", {web + one + "weight 7 -> 100"}},
      {first + "-g -w 100", {web + one + "forwarding direct -> masquerade"}},
      {first + "-m -w 100 -x 50", {web + one + "upper_threshold 50 -> 0"}},
      {first + "-m -w 100 -x 50 -y 40", {web + one + "upper_threshold 50 -> 0, lower_threshold 40 -> 0"}},
      {second + "-i --tun-type gue --tun-port 6081", {web + two + "tunnel gue:6081 -> gue:6080"}},
      {second + "-i --tun-type gue --tun-port 6080 --tun-csum",
       {web + two + "tunnel gue:6080+checksum -> gue:6080"}},
      {second + "-i", {web + two + "tunnel ipip -> gue:6080"}},
      {"ipvsadm -d -t 192.0.2.100:80 -r 198.51.100.21:80",
       {web + "add real server 198.51.100.21:80: weight 100, forwarding masquerade"}},
      {"ipvsadm -a -t 192.0.2.100:80 -r 198.51.100.23:80 -m", {web + "delete real server 198.51.100.23:80"}},
      {"ipvsadm -D -t 192.0.2.100:80",
       {web + "add service: scheduler wrr, persistence 5m",
        web + "add real server 198.51.100.21:80: weight 100, forwarding masquerade",
        web + "add real server 198.51.100.22:80: weight 100, forwarding tunnel, tunnel gue:6080"}},
  };
  for (const auto& drift : drifts) expect_repaired(*this, wanted(), drift);
}

}  // namespace
}  // namespace hawser::contract
