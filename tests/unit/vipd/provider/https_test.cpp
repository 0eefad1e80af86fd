// What is decided before a connection: the URL, the proxy, the secret, and how text is encoded.
#include "vipd/provider/https.h"

#include <cstdlib>
#include <fstream>

#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "vipd/provider/secret.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {
namespace {

TEST(ProviderUrl, IsOfAnApi) {
  const auto robot = parse_url("https://robot-ws.your-server.de").value();
  EXPECT_EQ(robot.host, "robot-ws.your-server.de");
  EXPECT_EQ(robot.port, "443");
  EXPECT_EQ(robot.path, "");
  const auto cloud = parse_url("https://[2001:db8::1]:8443/v1/").value();
  EXPECT_EQ(cloud.host, "2001:db8::1");
  EXPECT_EQ(cloud.port, "8443");
  EXPECT_EQ(cloud.path, "/v1");
}

TEST(ProviderUrl, RefusesWhatWouldSendASecretInTheClearOrHoldsOne) {
  for (const auto* wrong : {"http://robot-ws.your-server.de", "robot-ws.your-server.de", "https://",
                            "https://:443", "https://h:https", "https://h/v1?x=y", "https://h:123456"})
    EXPECT_FALSE(parse_url(wrong)) << wrong;
  const auto refused = parse_url("https://user:geheim@host/");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text.find("geheim"), std::string::npos);
}

TEST(ProviderProxy, IsTheOneThatCurlWouldTake) {
  EXPECT_FALSE(proxy_for("robot-ws.your-server.de", "", ""));
  const auto proxy = proxy_for("robot-ws.your-server.de", "http://user:pw@192.0.2.9:8080/", "").value();
  EXPECT_EQ(proxy.host, "192.0.2.9");
  EXPECT_EQ(proxy.port, "8080");
  EXPECT_EQ(proxy.authorization, "Basic dXNlcjpwdw==");
  EXPECT_EQ(proxy_for("h", "proxy.example", "").value().port, "3128");
  for (const auto* list : {"*", "your-server.de", ".your-server.de", "localhost, robot-ws.your-server.de"})
    EXPECT_FALSE(proxy_for("robot-ws.your-server.de", "proxy", list)) << list;
  EXPECT_TRUE(proxy_for("robot-ws.your-server.de", "proxy", "server.de.example,r-server.de"));
  EXPECT_TRUE(proxy_for("192.0.2.1", "proxy", "2.1"));
}

// What is heard of an answer that comes byte by byte; it has to be whole with the last one and not before.
Reply heard_in_pieces(const std::string& text, bool ended = false) {
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(reply_in(std::string_view(text).substr(0, size), false)) << size;
  const auto whole = reply_in(text, ended);
  EXPECT_TRUE(whole);
  return whole.value_or(Reply{});
}

TEST(ProviderReply, IsWholeWithItsLastByte) {
  const auto sized = heard_in_pieces(
      "HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nX-Limit: 7\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(sized.status, 409U);
  EXPECT_EQ(sized.content_type, "application/json");
  EXPECT_EQ(sized.body, "{}");
  EXPECT_EQ(sized.headers.at("x-limit"), "7");
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(heard_in_pieces(chunked + "2\r\n{}\r\n3;x=y\r\n [ \r\n0\r\nX-Sum: 1\r\n\r\n").body, "{} [ ");
}

// boostorg/beast#2861: there it was an assertion.
TEST(ProviderReply, MayBeAnEmptyOneInChunksThatComesInPieces) {
  EXPECT_EQ(heard_in_pieces("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").body, "");
}

TEST(ProviderReply, OfUnknownLengthEndsWithTheConnection) {
  const std::string text = "HTTP/1.1 200 OK\r\n\r\n{";
  EXPECT_FALSE(reply_in(text, false));
  EXPECT_EQ(reply_in(text, true).value().body, "{");
}

TEST(ProviderReply, ThatIsNoneIsAnError) {
  using boost::system::system_error;
  for (const auto* cut : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"})
    EXPECT_THROW(reply_in(cut, true), system_error) << cut;
  for (const auto* wrong :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n"})
    EXPECT_THROW(reply_in(wrong, false), system_error) << wrong;
  const auto endless =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(3U << 20U, 'x');
  EXPECT_THROW(reply_in(endless, false), system_error);
}

TEST(ProviderWords, EncodeAsTheStandardsHaveIt) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(form_encoded("2001:db8::1 &=%"), "2001%3Adb8%3A%3A1%20%26%3D%25");
}

class ProviderSecret : public testing::Test {
 protected:
  std::string kept(const std::string& text,
                   std::filesystem::perms mode = std::filesystem::perms::owner_read) const {
    const auto file = directory.path() / "robot.cred";
    std::filesystem::remove(file);
    std::ofstream(file) << text;
    std::filesystem::permissions(file, mode);
    return "file:" + file.string();
  }
  test::TempDir directory;
};

TEST_F(ProviderSecret, IsALineOfAFileThatOthersDoNotRead) {
  EXPECT_EQ(read_secret(kept("#ws+abc:geheim\n")).value().text, "#ws+abc:geheim");
  using std::filesystem::perms;
  EXPECT_TRUE(read_secret(kept("x", perms::owner_read | perms::group_read)));
  const auto refused = read_secret(kept("geheim", perms::owner_read | perms::others_read));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("chmod 600"), std::string::npos);
}

TEST_F(ProviderSecret, WhatIsNoneIsRefusedWithoutRepeatingIt) {
  for (const auto& source : {kept(""), kept("\n"), kept("user\ngeheim\n"), kept(std::string(5000, 'g')),
                             std::string("geheim"), std::string("file:geheim"), std::string("file:/"),
                             std::string("file:/dev/zero"), std::string("systemd:../x")}) {
    const auto refused = read_secret(source);
    ASSERT_FALSE(refused) << source;
    EXPECT_EQ(refused.error().text.find("geheim"), std::string::npos) << source;
  }
}

TEST_F(ProviderSecret, IsACredentialOfTheUnit) {
  (void)kept("token");
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_NE(read_secret("systemd:robot.cred").error().text.find("LoadCredential="), std::string::npos);
  ::setenv("CREDENTIALS_DIRECTORY", directory.path().c_str(), 1);
  EXPECT_EQ(read_secret("systemd:robot.cred").value().text, "token");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

}  // namespace
}  // namespace hawser::vipd::provider
