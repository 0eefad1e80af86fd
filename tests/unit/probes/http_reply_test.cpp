#include "probes/http_reply.h"

#include <gtest/gtest.h>

namespace hawser::probes {
namespace {

using namespace std::string_literals;

Verdict good(std::string words) {
  return {Outcome::kGood, std::move(words)};
}
Verdict bad(std::string words) {
  return {Outcome::kBad, std::move(words)};
}

config::HttpCheck containing(std::string text) {
  config::HttpCheck check;
  check.contains = std::move(text);
  return check;
}

TEST(HttpReply, IsGoodWithTheHeaderWhenOnlyTheStatusCounts) {
  HttpReply reply(config::HttpCheck{});
  EXPECT_EQ(reply.take("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n"), std::nullopt);
  EXPECT_EQ(reply.take("\r\n"), good("status 200"));
}

TEST(HttpReply, MayArriveByteByByte) {
  const auto text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"s;
  HttpReply reply(containing("lo, wor"));
  std::optional<Verdict> verdict;
  std::size_t used = 0;
  for (; used < text.size() && !verdict; ++used) verdict = reply.take(text.substr(used, 1));
  EXPECT_EQ(verdict, good("status 200"));
  EXPECT_EQ(text.substr(0, used).substr(used - 3), "wor");
}

TEST(HttpReply, AcceptsBothEndsOfAStatusRangeAndNothingBeyond) {
  config::HttpCheck check;
  check.status = {{200, 299}, {401, 401}};
  const auto judged = [&](int status) {
    return *HttpReply(check).take(fmt::format("HTTP/1.1 {} X\r\n\r\n", status));
  };
  for (const int status : {200, 299, 401}) EXPECT_EQ(judged(status), good(fmt::format("status {}", status)));
  for (const int status : {300, 400, 402, 503, 101})
    EXPECT_EQ(judged(status), bad(fmt::format("status {}, wanted 200-299, 401", status)));
}

TEST(HttpReply, SkipsInterimReplies) {
  HttpReply reply(config::HttpCheck{});
  EXPECT_EQ(reply.take("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 N\r\n\r\n"),
            good("status 204"));
}

TEST(HttpReply, RefusesInterimRepliesWithoutEnd) {
  HttpReply reply(config::HttpCheck{});
  for (int i = 0; i < HttpReply::kMaxInterim; ++i)
    EXPECT_EQ(reply.take("HTTP/1.1 100 Continue\r\n\r\n"), std::nullopt);
  EXPECT_EQ(reply.take("HTTP/1.1 100 Continue\r\n\r\n"), bad("the server sends interim replies without end"));
}

TEST(HttpReply, FindsTextAcrossPiecesOfTheBody) {
  HttpReply reply(containing("needle"));
  EXPECT_EQ(reply.take("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhay nee"), std::nullopt);
  EXPECT_EQ(reply.take("dle"), good("status 200"));
}

TEST(HttpReply, IsBadWhenTheWholeBodyLacksTheText) {
  HttpReply reply(containing("ready"));
  EXPECT_EQ(reply.take("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbusy"),
            bad("the body does not contain \"ready\""));
}

TEST(HttpReply, ABodyWithoutLengthEndsWithTheConnection) {
  HttpReply there(containing("ready"));
  EXPECT_EQ(there.take("HTTP/1.0 200 OK\r\n\r\nbusy"), std::nullopt);
  EXPECT_EQ(there.finish(), bad("the body does not contain \"ready\""));
  HttpReply empty(containing("ready"));
  EXPECT_EQ(empty.take("HTTP/1.1 204 No Content\r\n\r\n"), bad("the body does not contain \"ready\""));
}

TEST(HttpReply, LooksAtNoMoreThanMaxBody) {
  auto check = containing("ready");
  check.max_body = 8;
  HttpReply beyond(check);
  EXPECT_EQ(beyond.take("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1234ready..."),
            bad("the first 8 bytes of the body do not contain \"ready\""));
  HttpReply within(check);
  EXPECT_EQ(within.take("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n123ready..."), good("status 200"));
}

TEST(HttpReply, AnEndlessBodyIsDecidedAtMaxBody) {
  auto check = containing("ready");
  check.max_body = 1000;
  HttpReply reply(check);
  ASSERT_EQ(reply.take("HTTP/1.1 200 OK\r\n\r\n"), std::nullopt);
  EXPECT_EQ(reply.take(std::string(999, 'x')), std::nullopt);
  EXPECT_EQ(reply.take("x"), bad("the first 1000 bytes of the body do not contain \"ready\""));
}

TEST(HttpReply, OfAHeadRequestHasNoBodyWhateverItsLengthSays) {
  config::HttpCheck check = containing("ready");
  check.method = "HEAD";
  HttpReply reply(check);
  EXPECT_EQ(reply.take("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
            bad("the body does not contain \"ready\""));
}

TEST(HttpReply, RefusesAHeaderWithoutEnd) {
  HttpReply reply(config::HttpCheck{});
  auto verdict = reply.take("HTTP/1.1 200 OK\r\n");
  for (int i = 0; i < 100000 && !verdict; ++i) verdict = reply.take("X-Endless: yes\r\n");
  EXPECT_EQ(verdict, bad("the header of the reply is too long"));
}

TEST(HttpReply, RefusesAChunkLineWithoutEnd) {
  HttpReply reply(containing("ready"));
  auto verdict = reply.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;");
  for (int i = 0; i < 100000 && !verdict; ++i) verdict = reply.take("extension;");
  EXPECT_EQ(verdict, bad("the reply is not HTTP: a line is too long"));
}

TEST(HttpReply, SaysWhichLineIsNotHttp) {
  const auto words = [](std::string_view text) { return HttpReply(config::HttpCheck{}).take(text)->words; };
  EXPECT_EQ(
      words("SSH-2.0-OpenSSH_9.2\r\n"),
      "the reply is not HTTP: line 1 is \"SSH-2.0-OpenSSH_9.2\", wanted \"HTTP/1.1 200 OK\" or the like");
  EXPECT_EQ(words("HTTP/1.1 abc OK\r\n\r\n"),
            "the reply is not HTTP: line 1 is \"HTTP/1.1 abc OK\", wanted \"HTTP/1.1 200 OK\" or the like");
  EXPECT_EQ(words("\r\n\r\n"),
            "the reply is not HTTP: line 1 is \"\", wanted \"HTTP/1.1 200 OK\" or the like");
  EXPECT_EQ(
      words("HTTP/1.0 200 OK\nServer: x\n<html>\a" + std::string(50, 'x') + "\n\n"),
      "the reply is not HTTP: line 3 is \"<html>?" + std::string(33, 'x') + "...\", wanted a header field");
  EXPECT_EQ(words("HTTP/1.1 200 OK\r\n folded into nothing\r\n\r\n"),
            "the reply is not HTTP: line 2 is \" folded into nothing\", wanted a header field");
  EXPECT_EQ(words("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"),
            "the reply is not HTTP: bad Content-Length");
  HttpReply chunked(containing("ready"));
  EXPECT_EQ(chunked.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n")->words,
            "the reply is not HTTP: \"many\" is not the size of a chunk");
  HttpReply longer(containing("ready"));
  EXPECT_EQ(longer.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbusy\r\n")->words,
            "the reply is not HTTP: \"sy\" stands where a chunk ends");
}

// RFC 9112 2.2 and 4; curl reads these, and scripts behind inetd send them.
TEST(HttpReply, ReadsLinesThatEndInABareLineFeed) {
  EXPECT_EQ(HttpReply(config::HttpCheck{}).take("HTTP/1.0 200 OK\nContent-Type: text/plain\n\nready"),
            good("status 200"));
  HttpReply body(containing("ready"));
  EXPECT_EQ(body.take("HTTP/1.0 200 OK\nContent-Length: 5\n\nready"), good("status 200"));
  HttpReply chunks(containing("ready"));
  EXPECT_EQ(chunks.take("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nrea\n2;x=y\ndy\n0\n\n"),
            good("status 200"));
}

TEST(HttpReply, ReadsAStatusLineWithoutAReasonPhrase) {
  for (const auto text : {"HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n", "HTTP/1.0 200\n\n"})
    EXPECT_EQ(HttpReply(config::HttpCheck{}).take(text), good("status 200"));
}

TEST(HttpReply, ReadsAFieldThatGoesOnInTheNextLine) {
  EXPECT_EQ(HttpReply(config::HttpCheck{}).take("HTTP/1.1 200 OK\r\nX-Long: a\r\n\tb\r\n\r\n"),
            good("status 200"));
}

TEST(HttpReply, ReadsTrailersAndEndsWithThem) {
  HttpReply reply(containing("ready"));
  const auto text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\nX-Sum: 1\r\n"s;
  EXPECT_EQ(reply.take(text), std::nullopt);
  EXPECT_EQ(reply.take("\r\n"), bad("the body does not contain \"ready\""));
}

TEST(HttpReply, ReadsNoTrailersWithoutEnd) {
  HttpReply reply(containing("ready"));
  EXPECT_EQ(reply.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"), std::nullopt);
  std::optional<Verdict> verdict;
  for (int i = 0; i < 100'000 && !verdict; ++i) verdict = reply.take("X-Sum: 1\r\n");
  EXPECT_EQ(verdict, bad("the reply is not HTTP: the trailer is too long"));
}

// What was certain at one byte must not be taken back because the next ones came in the same segment.
TEST(HttpReply, SaysTheSameHoweverTheBytesAreCut) {
  const auto chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"s;
  const std::vector<std::string> replies{
      chunked + "5\r\nready\r\nnonsense\r\n",
      chunked + "5\r\nreadyEND",
      chunked + "4\r\nbusy\r\n0\r\n\r\n",
      chunked + "8\r\n12345678\r\n0\r\n\r\n",
      chunked + "4\r\nbusy\r\n0\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n12345678ready",
      "HTTP/1.1 200 OK\r\n\r\n123ready",
      "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 503 X\r\n\r\n",
      "HTTP/1.1 200 OK\nfoo\n",
      "HTTP/1.1 204 N\r\n\r\nready",
      "SSH-2.0-x\r\nmore",
  };
  for (const auto& text : replies) {
    for (const auto* words : {"", "ready"}) {
      auto check = containing(words);
      check.max_body = 8;
      std::set<std::string> verdicts;
      for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        HttpReply reply(check);
        std::optional<Verdict> verdict;
        for (std::size_t at = 0; at < text.size() && !verdict; at += piece)
          verdict = reply.take(std::string_view(text).substr(at, piece));
        verdicts.insert((verdict ? *verdict : reply.finish()).words);
      }
      EXPECT_EQ(verdicts.size(), 1U) << text << ": " << testing::PrintToString(verdicts);
    }
  }
}

TEST(HttpReply, SaysWhenTheServerClosedWithoutAnAnswer) {
  EXPECT_EQ(HttpReply(config::HttpCheck{}).finish(),
            bad("the server closed the connection without an answer"));
}

TEST(HttpReply, SaysWhenTheServerClosedInTheMiddle) {
  for (const auto text : {"HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    HttpReply reply(containing("ready"));
    EXPECT_EQ(reply.take(text), std::nullopt);
    EXPECT_EQ(reply.finish(), bad("the server closed the connection in the middle of its answer"));
  }
}

TEST(HttpRequest, NamesTheHostThatIsConfigured) {
  config::HttpCheck check;
  check.path = "/healthz";
  check.host = "www.example.org";
  const auto text = http_request(check, {IpAddress::v4(198, 51, 100, 21), 8080});
  EXPECT_EQ(text, "GET /healthz HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: hawser/" HAWSER_VERSION
                  "\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

TEST(HttpRequest, NamesTheAddressOtherwiseAndLeavesOutTheDefaultPort) {
  const auto host = [](const std::string& target) {
    const auto text = http_request(config::HttpCheck{}, *Endpoint::parse(target));
    const auto from = text.find("Host: ") + 6;
    return text.substr(from, text.find('\r', from) - from);
  };
  EXPECT_EQ(host("198.51.100.21:80"), "198.51.100.21");
  EXPECT_EQ(host("198.51.100.21:8080"), "198.51.100.21:8080");
  EXPECT_EQ(host("[2001:db8::21]:80"), "[2001:db8::21]");
  EXPECT_EQ(host("[2001:db8::21]:81"), "[2001:db8::21]:81");
}

TEST(HttpRequest, UsesTheMethodOfTheCheck) {
  config::HttpCheck check;
  check.method = "HEAD";
  EXPECT_EQ(http_request(check, {IpAddress::v4(198, 51, 100, 21), 80}).substr(0, 7), "HEAD / ");
}

}  // namespace
}  // namespace hawser::probes
