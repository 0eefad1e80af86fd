#include <filesystem>

#include <fmt/ranges.h>

#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

// A client and a server on one switch.
class ClientTest : public LabTest {
 protected:
  ClientTest() {
    client.ip({"addr add 192.0.2.200/24 dev eth0", "link set eth0 up"});
    server.ip({"addr add 192.0.2.10/24 dev eth0", "link set eth0 up"});
  }
  [[nodiscard]] Client ask(Client::Protocol protocol) const {
    return {client, {.protocol = protocol, .address = "192.0.2.10", .port = 8080, .timeout = 200ms}};
  }

  static std::string tell(const Client& of) {
    const Report all = of.report();
    return fmt::format("{} sent, {} lost {}, answers {}", all.sent, all.lost, all.losses, all.answers);
  }

  Namespace client{"client"};
  Namespace server{"server"};
  Switch sw{"sw"};
  Cable client_cable = sw.connect(client, "eth0");
  Cable server_cable = sw.connect(server, "eth0");
};

class EveryProtocol : public ClientTest, public ::testing::WithParamInterface<Client::Protocol> {};

TEST_P(EveryProtocol, ReportsExactlyTheRequestsSentWhileTheCableWasOut) {
  const Backend backend(server, 8080);
  Client asking = ask(GetParam());
  ASSERT_TRUE(eventually(20s, [&] { return asking.answered_in_a_row(20, TimePoint::min()); }))
      << tell(asking);
  server_cable.pull();
  const TimePoint out = Clock::now();
  std::this_thread::sleep_for(300ms);
  const TimePoint plugged = server_cable.plug();
  ASSERT_TRUE(eventually(20s, [&] { return asking.answered_in_a_row(20, plugged); })) << tell(asking);
  asking.stop();
  // What was due just before the cable came back may have left just after.
  const Report during = asking.report(out, plugged - 50ms);
  EXPECT_GT(during.sent, 0U) << tell(asking);
  EXPECT_EQ(during.lost, during.sent) << tell(asking);
  // An answer on its way may still have been read.
  EXPECT_GE(asking.report().longest_gap, plugged - out - 100ms) << tell(asking);
  EXPECT_GE(asking.report().answers.at("server"), 40U);
}

TEST_P(EveryProtocol, ARequestThatHangsDelaysNoOther) {
  Backend backend(server, 8080);
  backend.set(Backend::Behaviour::kHanging);
  const TimePoint start = Clock::now();
  Client asking = ask(GetParam());
  std::this_thread::sleep_for(600ms);
  asking.stop();
  const Report all = asking.report();
  // One after the other there would be one for each timeout of 200 ms.
  EXPECT_GT(all.sent, 2U * static_cast<size_t>((Clock::now() - start) / 200ms));
  EXPECT_EQ(all.losses, (std::map<std::string, size_t>{{"timeout", all.sent}}));
}

INSTANTIATE_TEST_SUITE_P(Client, EveryProtocol,
                         ::testing::Values(Client::Protocol::kHttp, Client::Protocol::kUdp),
                         [](const auto& chosen) {
                           return chosen.param == Client::Protocol::kHttp ? "Http" : "Udp";
                         });

TEST_F(ClientTest, SaysWhyARequestWasLost) {
  Backend backend(server, 8080);
  backend.set(Backend::Behaviour::kFailing);
  Client asking = ask(Client::Protocol::kHttp);
  const auto lost = [&](const char* why) { return asking.report().losses.contains(why); };
  EXPECT_TRUE(eventually(20s, [&] { return lost("HTTP/1.0 500 Internal Server Error"); })) << tell(asking);
  backend.set(Backend::Behaviour::kRefusing);
  EXPECT_TRUE(eventually(20s, [&] { return lost("Connection refused"); })) << tell(asking);
  const TimePoint healed = Clock::now();
  backend.set(Backend::Behaviour::kAnswering);
  EXPECT_TRUE(eventually(20s, [&] { return asking.answered_in_a_row(5, healed); })) << tell(asking);
  EXPECT_GT(backend.served(), 0U);
}

TEST_F(ClientTest, ACaptureSeesTheArpBeforeTheFirstRequest) {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("{}.pcap", client.name());
  const Backend backend(server, 8080);
  Capture capture(server, "eth0", {.filter = "arp", .file = file});
  Client asking = ask(Client::Protocol::kHttp);
  ASSERT_TRUE(eventually(5s, [&] { return capture.count() >= 2; }));
  capture.stop();
  const Packet request = capture.packets().front();
  ASSERT_GE(request.bytes.size(), 42U);
  EXPECT_EQ(std::vector<std::uint8_t>(request.bytes.begin() + 12, request.bytes.begin() + 14),
            (std::vector<std::uint8_t>{0x08, 0x06}));
  EXPECT_EQ(std::vector<std::uint8_t>(request.bytes.begin() + 38, request.bytes.begin() + 42),
            (std::vector<std::uint8_t>{192, 0, 2, 10}));
  EXPECT_GT(std::filesystem::file_size(file), 24U + 2 * (16U + 42U) - 1);
  std::filesystem::remove(file);
}

TEST_F(ClientTest, ACaptureRefusesWhatItCannotCapture) {
  EXPECT_THROW(Capture(server, "eth7"), std::runtime_error);
  EXPECT_THROW(Capture(server, "eth0", {.filter = "no such word"}), std::runtime_error);
}

}  // namespace
}  // namespace hawser::lab
