// Keys that sign advertisements, as they are written in [vip.NAME].
#include "lib/config/sections/vip_hmac.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kOne = "hmac = [{ id = 1, key = \"file:/etc/hawser/vrrp.key\" }]\n";

// The first line of `text` is line 5.
std::string vip(const std::string& text) {
  return "[vip.a]\ninterface = \"eth0\"\naddresses = [\"192.0.2.100\"]\nvirtual_router_id = 1\n" + text;
}

Vip read_vip(const std::string& text) {
  const auto loaded = load_text(vip(text));
  EXPECT_THAT(lines(loaded), IsEmpty());
  return loaded.config.vips.at("a");
}

TEST(VipHmac, KeysAreReadInTheirOrder) {
  const auto read = read_vip(
      "hmac = [{ id = 2, key = \"systemd:vrrp\" }, { id = 255, key = \"file:/k\" }]\n"
      "hmac_mode = \"receive-only\"\nhmac_window = \"7s\"\n");
  EXPECT_EQ(read.manner->hmac, (std::vector<HmacKey>{{2, "systemd:vrrp", {}}, {255, "file:/k", {}}}));
  EXPECT_EQ(read.manner->hmac_mode, HmacMode::kReceiveOnly);
  EXPECT_EQ(read.manner->hmac_window, (HmacWindow{7s, false}));
  EXPECT_EQ(read_vip(kOne).manner->hmac_mode, HmacMode::kEnforce);
  EXPECT_EQ(read_vip(kOne).manner->hmac_window, HmacWindow{});
  EXPECT_EQ(read_vip(kOne + "hmac_window = \"off\"\n").manner->hmac_window, (HmacWindow{{}, true}));
  EXPECT_EQ(read_vip(kOne + "hmac_window = \"auto\"\n").manner->hmac_window, HmacWindow{});
}

TEST(VipHmac, IsShownAsItIsWritten) {
  const auto loaded = load_text(vip(kOne));
  EXPECT_EQ(effective(loaded, "vip.a.hmac"), "[{ id = 1, key = \"file:/etc/hawser/vrrp.key\" }] (t.toml:5)");
  EXPECT_EQ(effective(loaded, "vip.a.hmac_mode"), "\"enforce\" (default)");
  EXPECT_EQ(effective(loaded, "vip.a.hmac_window"), "\"auto\" (default)");
  EXPECT_EQ(effective(load_text(vip("")), "vip.a.hmac_mode"), "no such row");
}

TEST(VipHmac, IsOfVersionThree) {
  EXPECT_THAT(problems_of(vip("version = 2\n" + kOne)),
              Lines("t.toml:6:8: vip.a.hmac: needs version = 3: of version 2 there is the password alone"));
}

TEST(VipHmac, ItsOtherKeysNeedIt) {
  EXPECT_THAT(problems_of(vip("hmac_mode = \"permissive\"\nhmac_window = \"off\"\n")),
              Lines("t.toml:5:13: vip.a.hmac_mode: needs hmac: without keys nothing is signed",
                    "t.toml:6:15: vip.a.hmac_window: needs hmac: without keys nothing is signed"));
}

TEST(VipHmac, AKeyHasANumberOfItsOwnAndAPlace) {
  EXPECT_THAT(problems_of(vip("hmac = []\n")), Lines("t.toml:5:8: vip.a.hmac: must hold at least one key"));
  EXPECT_THAT(problems_of(vip("hmac = [{ id = 0, key = \"file:/k\" }]\n")),
              Lines("t.toml:5:16: vip.a.hmac.id: must be from 1 to 255, not 0"));
  EXPECT_THAT(problems_of(vip("hmac = [{ id = 1 }]\n")),
              Lines("t.toml:5:9: vip.a.hmac: key is missing: write { id = 1, key = \"file:/PATH\" }"));
  EXPECT_THAT(problems_of(vip("hmac = [{ id = 1, key = \"file:/k\" }, { id = 1, key = \"file:/l\" }]\n")),
              Lines("t.toml:5:8: vip.a.hmac: id 1 stands there twice"));
  EXPECT_THAT(problems_of(vip("hmac = \"file:/k\"\n")),
              Lines("t.toml:5:8: vip.a.hmac: must be a list such as [{ id = 1, key = "
                    "\"file:/etc/hawser/vrrp.key\" }], not \"file:/k\""));
  EXPECT_THAT(problems_of(vip("hmac = [\"file:/k\"]\n")),
              Lines("t.toml:5:9: vip.a.hmac: must be { id = 1, key = \"file:/PATH\" }, not \"file:/k\""));
}

TEST(VipHmac, AKeyItselfIsRefusedAndNotRepeated) {
  const auto problems =
      problems_of(vip("hmac = [{ id = 3, key = \"hunter2-hunter2-hunter2-hunter2-hunter2\" }]\n"));
  EXPECT_THAT(problems,
              Lines("t.toml:5:8: vip.a.hmac: key of id 3 must be \"file:/PATH\" or \"systemd:NAME\": the key "
                    "itself does not stand in this file"));
}

TEST(VipHmac, WindowsAreWholeSecondsUpToFiveMinutes) {
  EXPECT_THAT(problems_of(vip(kOne + "hmac_window = \"301s\"\n")),
              Lines("t.toml:6:15: vip.a.hmac_window: must be from 1s to 5m, not \"301s\""));
  EXPECT_THAT(problems_of(vip(kOne + "hmac_window = \"1500ms\"\n")),
              Lines("t.toml:6:15: vip.a.hmac_window: must be a multiple of 1s, not \"1500ms\""));
  EXPECT_THAT(
      problems_of(vip(kOne + "hmac_window = 5\n")),
      Lines("t.toml:6:15: vip.a.hmac_window: must be \"auto\", \"off\" or a duration such as \"5s\", not 5"));
}

TEST(VipHmac, TheWindowFollowsTheInterval) {
  EXPECT_EQ(window_of({}, 1s), 5s);
  EXPECT_EQ(window_of({}, 10s), 30s);
  EXPECT_EQ(window_of({}, 10ms), 5s);
  EXPECT_EQ(window_of({}, 40950ms), 122s);
  EXPECT_EQ(window_of({2s, false}, 10s), 2s);
  EXPECT_EQ(window_of({{}, true}, 10s), std::nullopt);
}

TEST(VipHmac, ALineIsAKeyAsCharactersOrAsDigits) {
  const std::string letters(32, 'x');
  EXPECT_EQ(*hmac_secret(letters), Bytes(32, 'x'));
  EXPECT_EQ(
      *hmac_secret("hex:" + std::string(32, '0') + std::string(32, 'f')),
      (Bytes{0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,   0, 0xFF,
             0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}));
  EXPECT_EQ(hmac_line(*hmac_secret("hex:" + std::string(64, 'A'))), "hex:" + std::string(64, 'a'));
  for (const auto& line :
       {std::string(31, 'x'), std::string(65, 'x'), "hex:" + std::string(62, '0'), std::string()}) {
    const auto refused = hmac_secret(line);
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().text,
                AllOf(HasSubstr("bytes, and a key has 32 to 64"), Not(HasSubstr("xx"))));
  }
  EXPECT_THAT(hmac_secret("hex:" + std::string(63, '0')).error().text, HasSubstr("odd number"));
  EXPECT_THAT(hmac_secret("hex:" + std::string(63, '0') + "g").error().text, HasSubstr("hexadecimal digits"));
}

}  // namespace
}  // namespace hawser::config
