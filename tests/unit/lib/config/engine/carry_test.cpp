// What is told to another process by the rows: every row, so that a new one needs no test of its own.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "lib/config/config.h"
#include "lib/config/engine/parse.h"
#include "lib/config/json.h"

namespace hawser::config {
namespace {

// TOML that the row takes and that is not its default. A row whose example is another form, or its default,
// has one here.
std::string sample(const Setting& setting) {
  if (setting.key == "priority") return "150";
  if (setting.key == "announce") return "{ count = 7, interval = \"2s\", refresh = \"1m\" }";
  if (setting.key == "checksum") return "\"plain\"";
  if (setting.key == "advertisement_interval") return "\"200ms\"";
  if (setting.key == "startup_delay") return "\"3s\"";
  if (setting.key == "realtime") return "20";
  if (setting.key == "lock_memory") return "false";
  if (setting.key == "level") return "\"debug\"";
  return setting.example;
}

Value value_of(const std::string& toml) {
  const auto parsed = parse("x = " + toml, 0);
  const auto* table = std::get_if<Table>(&parsed);
  return table == nullptr ? Value{} : table->front().value;
}

// As text goes from process to process.
template <class S>
Result<S> there_and_back(const Rows<S>& rows, const S& section) {
  return from_json(rows, boost::json::parse(boost::json::serialize(to_json(rows, section))).as_object());
}

// One version can be written only.
bool has_another_value(const Setting& setting) {
  return setting.key != "version";
}

template <class S>
void every_row_arrives(const Rows<S>& rows) {
  const std::vector<Source> no_file;
  const NodeView nobody;
  const auto check = [&](const Field<S>& field) {
    const auto& setting = field.setting;
    Report report(no_file, Part::kAll);
    S section{};
    field.read({report, nobody, nullptr, "", "", Part::kAll}, value_of(sample(setting)), section);
    ASSERT_TRUE(report.problems().empty()) << setting.key << ": " << report.problems().front().what;
    ASSERT_TRUE(field.write || !setting.alias_of.empty()) << setting.key << " is read and not written";
    EXPECT_EQ(differing_keys(rows, section, S{}).empty(), !has_another_value(setting))
        << setting.key << " = " << sample(setting) << " is its default: give another in sample()";
    const auto arrived = there_and_back(rows, section);
    ASSERT_TRUE(arrived.has_value()) << setting.key << ": " << arrived.error().text;
    EXPECT_EQ(differing_keys(rows, section, *arrived), std::vector<std::string_view>{}) << setting.key;
    if constexpr (requires { section == *arrived; }) {
      EXPECT_TRUE(section == *arrived) << setting.key << " = " << sample(setting);
    }
  };
  for (const auto& field : rows.fields())
    if (field.setting.supported) check(field);
  for (const auto& field : rows.derived_fields()) check(field);
}

TEST(Carry, EveryRowOfAVipArrives) {
  every_row_arrives(vip_rows());
}

TEST(Carry, EveryRowOfVipdAndLogArrives) {
  every_row_arrives(vipd_rows());
  every_row_arrives(log_rows());
}

TEST(Carry, ASectionOfWhichNothingIsWrittenIsNothing) {
  EXPECT_TRUE(to_json(vip_rows(), VipSpec{}).empty());
  EXPECT_TRUE(there_and_back(vip_rows(), VipSpec{}).has_value());
}

TEST(Carry, PreemptIsYesNoOrADelay) {
  VipSpec vip;
  vip.preempt = false;
  EXPECT_FALSE(there_and_back(vip_rows(), vip)->preempt);
  vip.preempt = true;
  vip.preempt_delay = Milliseconds(60'000);
  EXPECT_EQ(there_and_back(vip_rows(), vip)->preempt_delay, Milliseconds(60'000));
}

TEST(Carry, WhatARowDoesNotTakeIsRefusedByItsKey) {
  const auto refused = [](std::string_view json) {
    const auto vip = from_json(vip_rows(), boost::json::parse(json).as_object());
    return vip ? std::string() : vip.error().text;
  };
  EXPECT_EQ(refused(R"({"priority":256})"), "priority: must be from 1 to 255, not 256");
  EXPECT_EQ(refused(R"({"name":null})"), "name: must be text, not null: write \"null\"");
  EXPECT_EQ(refused(R"({"addresses":["x"]})").find("addresses: "), 0U);
}

}  // namespace
}  // namespace hawser::config
