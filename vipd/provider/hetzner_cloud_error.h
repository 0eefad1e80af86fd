// What the errors of Hetzner Cloud mean, those of its calls and those of its actions.
#pragma once

#include <boost/json/fwd.hpp>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

// Of a reply that is not as expected.
Answer cloud_refusal(const Reply& reply, const boost::json::value& body);
// Of an action that ended with an error. It was begun, so nothing of it was surely not done.
Answer cloud_failure(const boost::json::value& error);

}  // namespace hawser::vipd::provider
