// Clients that hang, dribble, lie and flood: the next honest client is answered all the same.
#include <future>

#include <sys/resource.h>

#include "tests/support/clock.h"
#include "tests/unit/lib/control/control_fixture.h"

namespace hawser::control {
namespace {

class HostileClient : public Control {};

TEST_F(HostileClient, GarbageGetsA400) {
  start_echo();
  const RawClient client{socket()};
  client.send("\x16\x03\x01\x02 garbage \r\n\r\n");
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 400"));
  EXPECT_EQ(asked({}), "GET / ");
}

TEST_F(HostileClient, HalfARequestIsCutOffAtTheDeadline) {
  start_echo({.deadline = Milliseconds{50}});
  const RawClient client{socket()};
  client.send("GET /status HT");
  EXPECT_EQ(client.read_all(), "");
  // The end is seen here before the session is gone there.
  EXPECT_TRUE(lab::eventually(std::chrono::seconds(10), [&] { return server_->connections() == 0; }));
}

TEST_F(HostileClient, HalfABodyIsNeverHandled) {
  std::atomic<int> calls = 0;
  start([&](const Request&) { return ++calls, Response{}; }, {.deadline = Milliseconds{50}});
  const RawClient client{socket()};
  client.send("POST /apply HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345");
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(calls, 0);
}

TEST_F(HostileClient, ADribbleDoesNotMoveTheDeadline) {
  start_echo({.deadline = Milliseconds{100}});
  const RawClient client{socket()};
  auto closed = std::async(std::launch::async, [&] { return client.read_all(); });
  const std::string request = "GET /status HTTP/1.1\r\nX-Slow: ";
  auto closed_now = [&] { return closed.wait_for(Milliseconds{5}) == std::future_status::ready; };
  std::size_t sent = 0;
  for (; !closed_now() && sent < 500; ++sent)
    client.send(sent < request.size() ? request.substr(sent, 1) : "x");
  EXPECT_LT(sent, 500U);
  EXPECT_EQ(closed.get(), "");
}

TEST_F(HostileClient, AHugeBodyIsRefusedBeforeItIsRead) {
  start_echo({.body = 1000});
  const RawClient client{socket()};
  client.send("POST /apply HTTP/1.1\r\nContent-Length: 100000000000\r\n\r\n");
  const auto answer = client.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
  EXPECT_NE(answer.find("the request's body is too large"), std::string::npos);
}

TEST_F(HostileClient, ABodyJustWithinTheLimitIsTakenAndOneMoreByteIsNot) {
  start_echo({.body = 1000});
  EXPECT_EQ(asked({"POST", "/", std::string(1000, 'x')}).size(), 1007U);
  EXPECT_EQ(asked({"POST", "/", std::string(1001, 'x')}), R"({"error":"the request's body is too large"})");
}

TEST_F(HostileClient, AChunkedBodyIsRefusedBeforeItIsRead) {
  start_echo({.body = 1000});
  const RawClient client{socket()};
  std::string request = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 200; ++i) request += "10\r\n0123456789abcdef\r\n";
  client.send(request);
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 411"));
}

// Found by fuzzing: Beast's assertion on the last chunk ended the daemon.
TEST_F(HostileClient, ALastChunkInPiecesDoesNoHarm) {
  start_echo();
  const RawClient client{socket()};
  client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
  std::this_thread::sleep_for(Milliseconds{50});
  client.send("x");
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 411"));
  EXPECT_EQ(asked({}), "GET / ");
}

TEST_F(HostileClient, AnEndlessHeaderIsRefused) {
  start_echo({.header = 1000});
  const RawClient client{socket()};
  client.send("GET / HTTP/1.1\r\nX: " + std::string(2000, 'x'));
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 431"));
}

TEST_F(HostileClient, OneThatNeverReadsIsClosedAndNobodyWaitsForIt) {
  start(
      [](const Request& request) {
        return Response{200, request.target == "/big" ? std::string(8'000'000, 'x') : "ok"};
      },
      {.deadline = Milliseconds{100}});
  const RawClient client{socket()};
  client.send("GET /big HTTP/1.1\r\n\r\n");
  EXPECT_EQ(asked({}), "ok");
  for (int i = 0; i < 300 && server_->connections() > 0; ++i) std::this_thread::sleep_for(Milliseconds{10});
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(HostileClient, OneThatGoesAwayWhileItIsAnsweredDoesNoHarm) {
  start([](const Request&) { return Response{200, std::string(8'000'000, 'x')}; });
  for (int i = 0; i < 20; ++i) {
    const RawClient client{socket()};
    client.send("GET / HTTP/1.1\r\n\r\n");
  }
  EXPECT_EQ(asked({}).size(), 8'000'000U);
}

TEST_F(HostileClient, AThousandSilentConnectionsDoNotLockAnybodyOut) {
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  start_echo({.connections = 64, .deadline = Milliseconds{60000}});
  std::vector<std::unique_ptr<RawClient>> silent;
  silent.reserve(1000);
  for (int i = 0; i < 1000; ++i) silent.push_back(std::make_unique<RawClient>(socket()));
  EXPECT_EQ(asked({}), "GET / ");
  EXPECT_LE(server_->connections(), 64U);
  EXPECT_EQ(silent.front()->read_all(), "");  // the oldest was closed
}

TEST_F(HostileClient, TheServerMayGoWhileConnectionsHang) {
  start_echo({.deadline = Milliseconds{60000}});
  const RawClient half{socket()};
  half.send("GET / HT");
  const RawClient silent{socket()};
  while (server_->connections() < 2) std::this_thread::yield();
  server_.reset();
  EXPECT_EQ(half.read_all(), "");
  EXPECT_EQ(silent.read_all(), "");
}

TEST_F(HostileClient, AServerThatAnswersNonsenseIsSaidToDoSo) {
  boost::asio::io_context context;
  boost::asio::local::stream_protocol::acceptor acceptor{
      context, boost::asio::local::stream_protocol::endpoint(socket().native())};
  std::thread liar{[&] {
    auto peer = acceptor.accept();
    std::array<char, 1000> request{};
    (void)peer.read_some(boost::asio::buffer(request));
    boost::asio::write(peer, boost::asio::buffer(std::string_view{"SSH-2.0-nonsense\r\n"}));
  }};
  const auto answer = ask(socket(), {}, Milliseconds{3000});
  liar.join();
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().text.starts_with("netd does not answer: " + socket().native() + ": "))
      << answer.error().text;
  EXPECT_EQ(answer.error().code, EPROTO);
}

}  // namespace
}  // namespace hawser::control
