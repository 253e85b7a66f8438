import { useNavigate } from 'react-router';
import { Button } from '../ui/Button';
import { Message } from './Message';

export function NotFound() {
  const navigate = useNavigate();
  return (
    <Message
      title="Page not found"
      actions={
        <Button look="lit" onClick={() => void navigate('/')}>
          Go to home page
        </Button>
      }
    >
      There’s no page at this address. Check the link: a room’s link looks like /r/abcd2345.
    </Message>
  );
}
