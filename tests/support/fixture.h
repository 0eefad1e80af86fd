// GoogleTest fixtures of the laboratory. Not being root fails a test and does not skip it: a skipped lab test
// proves nothing.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/backend.h"
#include "tests/support/cable.h"
#include "tests/support/capture.h"
#include "tests/support/client.h"
#include "tests/support/network.h"
#include "tests/support/process.h"
#include "tests/support/switch.h"

namespace hawser::lab {

class LabTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "network namespaces need root; ./dev lab runs this in a virtual machine";
  }
};

// With the two load balancers, three web servers and the client of network.h.
class NetworkTest : public LabTest {
 protected:
  Network network;
};

}  // namespace hawser::lab
