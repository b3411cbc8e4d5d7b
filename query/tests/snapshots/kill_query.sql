KILL QUERY
  WHERE query_id = {query_id:String} ASYNC;
-- query_id = "orma-1"
