// One call from beginning to end: the driver's requests, sent and heard. What the network does to it becomes
// an answer as well, so that whoever asked decides by meanings alone.
#pragma once

#include "vipd/provider/https.h"

namespace hawser::vipd::provider {

boost::asio::awaitable<Answer> carry_out(boost::asio::any_io_executor executor, Driver& driver,
                                         const Call& call, const Server& server);

}  // namespace hawser::vipd::provider
