// The same for tests: with GoogleMock, and the JSON that daemons answer with.
#pragma once
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmake/pch.h"
