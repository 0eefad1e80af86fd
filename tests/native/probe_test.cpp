// Probes against real servers that misbehave, on the loopback of a namespace of their own.
#include "probes/probe.h"

#include <atomic>
#include <functional>

#include <arpa/inet.h>
#include <boost/asio.hpp>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "probes/prober.h"
#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::probes {
namespace {

using namespace std::chrono_literals;

int listen_on(bool v6) {
  const int fd = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_loopback;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* address =
      v6 ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
  if (::bind(fd, address, v6 ? sizeof six : sizeof four) != 0 || ::listen(fd, 16) != 0)
    lab::give_up_errno("cannot listen");
  return fd;
}

// Accepts one connection after another on a port of its own and hands each to `behave`, which sends until the
// client is gone or the server ends.
class Server {
 public:
  using Behave = std::function<void(Server&, int)>;

  Server(const lab::Namespace& where, Behave behave, bool v6 = false)
      : fd_(where.inside([&] { return listen_on(v6); })),
        v6_(v6),
        behave_(std::move(behave)),
        thread_([this] { serve(); }) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ending_ = true;
    thread_.join();
    ::close(fd_);
  }

  [[nodiscard]] Endpoint endpoint() const {
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    const std::uint16_t port = ntohs(address.sin6_port);  // the same place for both families
    return {v6_ ? *IpAddress::parse("::1") : IpAddress::v4(127, 0, 0, 1), port};
  }
  // False when nobody listens any more.
  bool send(int client, std::string_view text) const {
    while (!ending_ && !text.empty()) {
      pollfd ready{client, POLLOUT, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      const auto count = ::send(client, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return !ending_;
  }
  void read_request(int client) {
    std::array<char, 4096> buffer{};
    std::string text;
    while (!ending_ && text.find("\r\n\r\n") == std::string::npos) {
      pollfd ready{client, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      const auto count = ::recv(client, buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  void wait_for_the_end(int client) const {
    while (!ending_) {
      pollfd gone{client, POLLIN, 0};
      char byte = 0;
      if (::poll(&gone, 1, 20) > 0 && ::recv(client, &byte, 1, 0) <= 0) return;
    }
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve() {
    while (!ending_) {
      pollfd ready{fd_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      const int client = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      ++connections_;
      if (client >= 0) behave_(*this, client);
      ::close(client);
    }
  }

  int fd_;
  bool v6_;
  Behave behave_;
  std::atomic<bool> ending_ = false;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

Server::Behave says(std::string text) {
  return [text = std::move(text)](Server& server, int client) {
    server.read_request(client);
    server.send(client, text);
  };
}

Server::Behave repeats(const std::string& first, const std::string& then,
                       std::chrono::milliseconds pause = 0ms) {
  return [=](Server& server, int client) {
    server.read_request(client);
    bool listening = server.send(client, first);
    while (listening) {
      std::this_thread::sleep_for(pause);
      listening = server.send(client, then);
    }
  };
}

class HostileServer : public lab::LabTest {
 protected:
  // The verdict, and how long it took.
  struct Answer {
    Verdict verdict;
    std::chrono::milliseconds took{};
  };
  using Start = boost::asio::awaitable<Verdict> (*)(Endpoint, std::chrono::milliseconds,
                                                    const config::HttpCheck&);
  Answer ask(Start start, const Endpoint& target) {
    return host.inside([&] {
      boost::asio::io_context io;
      Answer answer;
      const auto began = std::chrono::steady_clock::now();
      boost::asio::co_spawn(io, start(target, patience, check),
                            [&](const std::exception_ptr& error, Verdict verdict) {
                              EXPECT_FALSE(error);
                              answer.verdict = std::move(verdict);
                              answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::steady_clock::now() - began);
                            });
      io.run();
      return answer;
    });
  }
  Answer ask_http(const Endpoint& target) {
    return ask([](Endpoint to, std::chrono::milliseconds timeout,
                  const config::HttpCheck& http_check) { return probe_as(http_check, to, timeout); },
               target);
  }
  Answer ask_tcp(const Endpoint& target) {
    return ask([](Endpoint to, std::chrono::milliseconds timeout,
                  const config::HttpCheck&) { return probe_as(config::TcpCheck{}, to, timeout); },
               target);
  }
  // The deadline held: generous, because the machine is shared.
  static void expect_late(const Answer& answer) {
    EXPECT_EQ(answer.verdict, (Verdict{Outcome::kBad, "no answer within 300ms"}));
    EXPECT_GE(answer.took, 300ms);
    EXPECT_LT(answer.took, 5000ms);
  }

  lab::Namespace host{"probe"};
  config::HttpCheck check;
  // Of the probe. A good answer may come late on a busy machine; only where lateness is what is tried, it is
  // kShort.
  std::chrono::milliseconds patience = 20s;
  static constexpr auto kShort = 300ms;
};

constexpr auto kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready";

TEST_F(HostileServer, AGoodOneIsGoodOverBothFamilies) {
  for (const bool v6 : {false, true}) {
    const Server server(host, says(kOk), v6);
    EXPECT_EQ(ask_http(server.endpoint()).verdict, (Verdict{Outcome::kGood, "status 200"}));
    EXPECT_EQ(ask_tcp(server.endpoint()).verdict, (Verdict{Outcome::kGood, "connected"}));
  }
}

TEST_F(HostileServer, ABodyIsSearched) {
  const Server server(host, says(kOk));
  check.contains = "ready";
  EXPECT_EQ(ask_http(server.endpoint()).verdict.outcome, Outcome::kGood);
  check.contains = "steady";
  EXPECT_EQ(ask_http(server.endpoint()).verdict,
            (Verdict{Outcome::kBad, "the body does not contain \"steady\""}));
}

TEST_F(HostileServer, OneThatIsNotThereRefuses) {
  const Endpoint nobody{IpAddress::v4(127, 0, 0, 1), 9};
  EXPECT_EQ(ask_tcp(nobody).verdict, (Verdict{Outcome::kBad, "connect: Connection refused"}));
  EXPECT_EQ(ask_http(nobody).verdict, (Verdict{Outcome::kBad, "connect: Connection refused"}));
}

TEST_F(HostileServer, OneBehindNoRouteIsUnreachable) {
  EXPECT_EQ(ask_tcp({IpAddress::v4(198, 51, 100, 1), 80}).verdict,
            (Verdict{Outcome::kBad, "connect: Network is unreachable", true}))
      << "that is this host's word: nothing came back";
}

TEST_F(HostileServer, OneBehindAWireThatSwallowsEverythingIsSilent) {
  host.ip({"link add wire type veth peer name end", "link set wire up", "link set end up",
           "address add 192.0.2.1/24 dev wire",
           "neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 nud permanent dev wire"});
  patience = kShort;
  EXPECT_EQ(ask_tcp({IpAddress::v4(192, 0, 2, 9), 80}).verdict,
            (Verdict{Outcome::kBad, "no answer within 300ms", true}));
}

TEST_F(HostileServer, OneThatNeverAnswersIsLate) {
  const Server server(host, [](Server& self, int client) { self.wait_for_the_end(client); });
  patience = kShort;
  expect_late(ask_http(server.endpoint()));
  patience = 20s;
  EXPECT_EQ(ask_tcp(server.endpoint()).verdict.outcome, Outcome::kGood);
}

TEST_F(HostileServer, OneThatDripsIsLate) {
  patience = kShort;
  const Server server(host, repeats("H", "T", 10ms));
  const auto answer = ask_http(server.endpoint());
  EXPECT_EQ(answer.verdict.outcome, Outcome::kBad);
  EXPECT_LT(answer.took, 5000ms);
}

TEST_F(HostileServer, OneThatDripsItsHeaderIsLate) {
  const Server server(host, repeats("HTTP/1.1 200 OK\r\n", "X-Slow: 1\r\n", 20ms));
  patience = kShort;
  expect_late(ask_http(server.endpoint()));
}

TEST_F(HostileServer, OneThatDripsItsBodyIsLate) {
  check.contains = "never";
  const Server server(host, repeats("HTTP/1.1 200 OK\r\n\r\n", "x", 10ms));
  patience = kShort;
  expect_late(ask_http(server.endpoint()));
}

TEST_F(HostileServer, AHeaderWithoutEndIsCutOff) {
  const Server server(host, repeats("HTTP/1.1 200 OK\r\n", "X-Endless: " + std::string(1000, 'x') + "\r\n"));
  const auto answer = ask_http(server.endpoint());
  EXPECT_EQ(answer.verdict, (Verdict{Outcome::kBad, "the header of the reply is too long"}));
}

TEST_F(HostileServer, ABodyWithoutEndIsReadNoFurtherThanMaxBody) {
  check.contains = "never";
  check.max_body = 10000;
  const Server server(host, repeats("HTTP/1.1 200 OK\r\n\r\n", std::string(1000, 'x')));
  EXPECT_EQ(ask_http(server.endpoint()).verdict,
            (Verdict{Outcome::kBad, "the first 10000 bytes of the body do not contain \"never\""}));
}

TEST_F(HostileServer, OneThatSpeaksSomethingElseIsNotHttp) {
  const Server server(host, says("SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n\r\n"));
  EXPECT_EQ(
      ask_http(server.endpoint()).verdict,
      (Verdict{
          Outcome::kBad,
          "the reply is not HTTP: line 1 is \"SSH-2.0-OpenSSH_9.2p1 Debian\", wanted \"HTTP/1.1 200 OK\" "
          "or the like"}));
}

TEST_F(HostileServer, OneThatClosesAtOnceGaveNoAnswer) {
  const Server server(host, [](Server& self, int client) { self.read_request(client); });
  EXPECT_EQ(ask_http(server.endpoint()).verdict,
            (Verdict{Outcome::kBad, "the server closed the connection without an answer"}));
}

TEST_F(HostileServer, ARedirectIsAStatusLikeAnyOther) {
  const Server server(host,
                      says("HTTP/1.1 301 Moved\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(ask_http(server.endpoint()).verdict, (Verdict{Outcome::kBad, "status 301, wanted 200-299"}));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HostileServer, DoesNotHoldUpTheProbesOfOthers) {
  const Server hanging(host, [](Server& self, int client) { self.wait_for_the_end(client); });
  const Server good(host, says(kOk));
  config::Check asked;
  asked.kind = config::HttpCheck{};
  asked.interval = 50ms;
  asked.timeout = 10s;
  std::map<ProbeKey, int> answers;
  host.inside([&] {
    boost::asio::io_context io;
    Prober prober(io, 10, [&](const ProbeKey& key, const Verdict&) { ++answers[key]; });
    prober.set({{{"site", hanging.endpoint()}, asked}, {{"site", good.endpoint()}, asked}});
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (answers[{"site", good.endpoint()}] < 5 && std::chrono::steady_clock::now() < end)
      io.run_one_for(100ms);
    EXPECT_EQ(prober.running(), 1U);  // the one that hangs, once
  });
  EXPECT_GE((answers[{"site", good.endpoint()}]), 5);
  EXPECT_EQ((answers[{"site", hanging.endpoint()}]), 0);
}

TEST_F(HostileServer, AHostWithoutDescriptorsDoesNotBlameTheServer) {
  const Server server(host, says(kOk));
  const auto endpoint = server.endpoint();
  const auto answer = host.inside([&] {
    boost::asio::io_context io;
    const boost::asio::steady_timer any(io);  // a loop that runs has its own descriptors already
    Verdict verdict;
    boost::asio::co_spawn(io, probe_as(config::TcpCheck{}, endpoint, Milliseconds(20s)),
                          [&](const std::exception_ptr&, Verdict got) { verdict = std::move(got); });
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit none = before;
    none.rlim_cur = 3;  // below what is open: no further one
    ::setrlimit(RLIMIT_NOFILE, &none);
    io.run();
    ::setrlimit(RLIMIT_NOFILE, &before);
    return verdict;
  });
  EXPECT_EQ(answer, (Verdict{Outcome::kNotRun, "socket: Too many open files"}));
}

}  // namespace
}  // namespace hawser::probes
