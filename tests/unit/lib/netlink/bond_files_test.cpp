// Options that have no attribute yet, as files. A folder plays /sys/class/net.
#include "lib/netlink/bond_files.h"

#include <cerrno>
#include <fstream>

#include <gtest/gtest.h>

#include "lib/base/atomic_file.h"

namespace hawser::nl {
namespace {

class BondFilesTest : public testing::Test {
 protected:
  BondFilesTest() : root_(testing::TempDir() + "hawser-bond-files") {
    std::filesystem::create_directories(root_ / "bond0" / "bonding");
    file("ifindex", "7\n");
  }
  ~BondFilesTest() override { std::filesystem::remove_all(root_); }
  void file(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / "bond0" / name) << text;
  }

  std::filesystem::path root_;
  BondFiles files_{root_};
};

TEST_F(BondFilesTest, AWordIsReadByItsNumber) {
  file("bonding/lacp_active", "on 1\n");
  file("bonding/arp_missed_max", "5\n");
  EXPECT_EQ(files_.read("bond0", IfIndex{7}, BondOption::kLacpActive), 1U);
  EXPECT_EQ(files_.read("bond0", IfIndex{7}, BondOption::kArpMissedMax), 5U);
  EXPECT_EQ(number_in_bond_file("vlan+srcmac 5\n"), 5U);
  EXPECT_EQ(number_in_bond_file("\n"), std::nullopt);
  EXPECT_EQ(number_in_bond_file("fast"), std::nullopt);
}

TEST_F(BondFilesTest, WhatIsWrittenIsReadBack) {
  file("bonding/arp_missed_max", "2\n");
  ASSERT_TRUE(files_.write("bond0", IfIndex{7}, BondOption::kArpMissedMax, 9));
  EXPECT_EQ(files_.read("bond0", IfIndex{7}, BondOption::kArpMissedMax), 9U);
}

TEST_F(BondFilesTest, WhereThereIsNoFileThereIsNoOption) {
  EXPECT_EQ(files_.read("bond0", IfIndex{7}, BondOption::kLacpActive), std::nullopt);
  EXPECT_EQ(files_.write("bond0", IfIndex{7}, BondOption::kLacpActive, 1).error().code, ENOENT);
  EXPECT_FALSE(std::filesystem::exists(root_ / "bond0" / "bonding" / "lacp_active"));
}

// /sys may show another network namespace, which has a bond of that name, too.
TEST_F(BondFilesTest, ABondOfAnotherNamespaceIsNotTouched) {
  file("bonding/arp_missed_max", "2\n");
  EXPECT_EQ(files_.read("bond0", IfIndex{8}, BondOption::kArpMissedMax), std::nullopt);
  EXPECT_EQ(files_.write("bond0", IfIndex{8}, BondOption::kArpMissedMax, 9).error().code, ENOENT);
  EXPECT_EQ(*read_file(root_ / "bond0" / "bonding" / "arp_missed_max"), "2\n");
}

}  // namespace
}  // namespace hawser::nl
