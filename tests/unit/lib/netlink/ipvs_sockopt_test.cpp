#include "lib/netlink/ipvs_sockopt.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <linux/ip_vs.h>

namespace hawser::nl {
namespace {

template <class Entry>
Bytes written(const std::vector<Entry>& entries, std::size_t room) {
  Bytes bytes((entries.size() + room) * sizeof(Entry), 0);
  if (!entries.empty()) std::memcpy(bytes.data(), entries.data(), entries.size() * sizeof(Entry));
  return bytes;
}

ip_vs_dest_entry real(const char* address, std::uint32_t flags = 0) {
  ip_vs_dest_entry entry{};
  entry.addr = inet_addr(address);
  entry.port = htons(8080);
  entry.conn_flags = flags;
  entry.weight = 7;
  entry.u_threshold = 200;
  entry.l_threshold = 100;
  entry.activeconns = 3;
  entry.inactconns = 2;
  entry.persistconns = 1;
  entry.stats.inbytes = 1000;
  return entry;
}

TEST(IpvsSockopt, ReadsARealServerWithoutItsCounters) {
  const auto reals = decode_real_entries(written<ip_vs_dest_entry>({real("198.51.100.21", 3)}, 1), 1);
  ASSERT_TRUE(reals);
  ASSERT_EQ(reals->size(), 1U);
  const auto& [endpoint, server, status] = reals->front();
  EXPECT_EQ(to_string(endpoint), "198.51.100.21:8080");
  EXPECT_EQ(server, (RealServer{Forwarding::kDirect, 7, 200, 100, {}}));
  EXPECT_EQ(status, (RealStatus{3, 2, 1, {}}));
}

// The kernel keeps flags of connections beside the method (IP_VS_CONN_F_INACTIVE).
TEST(IpvsSockopt, TakesOfTheFlagsTheMethodOnly) {
  const auto reals = decode_real_entries(written<ip_vs_dest_entry>({real("198.51.100.21", 0x101)}, 1), 1);
  ASSERT_TRUE(reals);
  EXPECT_EQ(reals->front().server.forwarding, Forwarding::kLocal);
}

TEST(IpvsSockopt, SaysNothingOfATunnelWhoseKindItCannotKnow) {
  const std::vector entries{real("198.51.100.21"), real("198.51.100.22", 2)};
  EXPECT_FALSE(decode_real_entries(written(entries, 1), 2));
}

// One of IPv6 behind IPv4 is counted and not shown; one that came since is shown and was not counted.
TEST(IpvsSockopt, SaysNothingWhereThereAreOthersThanWereCounted) {
  const std::vector entries{real("198.51.100.21"), real("198.51.100.22")};
  EXPECT_TRUE(decode_real_entries(written(entries, 1), 2));
  EXPECT_FALSE(decode_real_entries(written(entries, 2), 3));
  EXPECT_FALSE(decode_real_entries(written(entries, 0), 1));
  EXPECT_TRUE(decode_real_entries(written<ip_vs_dest_entry>({}, 1), 0));
}

TEST(IpvsSockopt, CountsTheRealServersOfEachService) {
  ip_vs_service_entry web{};
  web.protocol = 6;
  web.addr = inet_addr("192.0.2.100");
  web.port = htons(80);
  web.num_dests = 10;
  ip_vs_service_entry marked{};
  marked.protocol = 6;  // as the kernel has it, though it means nothing
  marked.fwmark = 7;
  marked.num_dests = 2;
  EXPECT_EQ(decode_service_entries(written<ip_vs_service_entry>({web, marked}, 3)),
            (std::map<ServiceKey, std::uint32_t>{{*ServiceKey::parse("tcp 192.0.2.100:80"), 10},
                                                 {*ServiceKey::parse("fwmark 7"), 2}}));
}

}  // namespace
}  // namespace hawser::nl
