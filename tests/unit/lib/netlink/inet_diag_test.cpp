#include "lib/netlink/inet_diag.h"

#include <cstring>

#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "lib/netlink/attributes.h"

namespace hawser::nl {
namespace {

template <class Header>
Header header_in(const Message& message) {
  Header header{};
  std::memcpy(&header, message.bytes().data() + 16, sizeof(header));
  return header;
}

TEST(InetDiag, AsksTheKernelForOneLocalAddressAlone) {
  const auto message = encode_get_tcp(AF_INET6, IpAddress::v4(192, 0, 2, 100));
  const auto request = header_in<inet_diag_req_v2>(message);
  EXPECT_EQ(request.sdiag_family, AF_INET6);
  EXPECT_EQ(request.sdiag_protocol, IPPROTO_TCP);
  EXPECT_EQ(request.idiag_states & (1U << 10U), 0U) << "who listens is no connection";
  const auto program = message.bytes().subspan(16 + sizeof(request) + 4);
  ASSERT_EQ(program.size(), 4U + 8U + 4U);
  EXPECT_EQ(program[1], 16) << "yes: the end";
  EXPECT_EQ(program[2], 20) << "no: beyond it";
  EXPECT_EQ(program[4], AF_INET);
  EXPECT_EQ(program[5], 32);
  EXPECT_EQ(program[12], 192);
}

TEST(InetDiag, EndsWhatTheKernelNamed) {
  inet_diag_msg told{};
  told.idiag_family = AF_INET;
  told.id.idiag_sport = htons(80);
  told.id.idiag_cookie[0] = 77;
  Bytes bytes(sizeof(told));
  std::memcpy(bytes.data(), &told, sizeof(told));
  const auto connection = decode_tcp({0, 0, 0, bytes});
  ASSERT_TRUE(connection.has_value());
  const auto request = header_in<inet_diag_req_v2>(encode_end_tcp(*connection));
  EXPECT_EQ(request.sdiag_family, AF_INET);
  EXPECT_EQ(request.id.idiag_sport, htons(80));
  EXPECT_EQ(request.id.idiag_cookie[0], 77U);
}

TEST(InetDiag, ATruncatedAnswerIsRefused) {
  for (std::size_t size = 0; size < sizeof(inet_diag_msg); ++size)
    EXPECT_FALSE(decode_tcp({0, 0, 0, Bytes(size)}).has_value()) << size;
}

}  // namespace
}  // namespace hawser::nl
